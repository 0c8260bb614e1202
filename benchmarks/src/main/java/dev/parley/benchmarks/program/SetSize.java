package dev.parley.benchmarks.program;

/** {@code size}. */
final class SetSize implements Command {
  @Override
  public String word() {
    return "size";
  }

  @Override
  public int arguments() {
    return 1;
  }

  @Override
  public Figures run(EchoClient client, int[] arguments) throws Exception {
    client.size(arguments[0]);
    return Figures.NONE;
  }
}
