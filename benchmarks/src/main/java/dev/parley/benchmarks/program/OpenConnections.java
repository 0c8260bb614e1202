package dev.parley.benchmarks.program;

/** {@code open}: idle connections beside the one. */
final class OpenConnections implements Command {
  @Override
  public String word() {
    return "open";
  }

  @Override
  public int arguments() {
    return 1;
  }

  @Override
  public Figures run(EchoClient client, int[] arguments) throws Exception {
    return Figures.of("connections", client.open(arguments[0]));
  }
}
