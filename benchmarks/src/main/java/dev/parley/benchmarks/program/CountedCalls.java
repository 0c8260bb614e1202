package dev.parley.benchmarks.program;

/** {@code calls}: so many calls, for whoever measures something else meanwhile. */
final class CountedCalls implements Command {
  @Override
  public String word() {
    return "calls";
  }

  @Override
  public int arguments() {
    return 1;
  }

  @Override
  public Figures run(EchoClient client, int[] arguments) throws Exception {
    for (int i = 0; i < arguments[0]; i++) {
      client.call();
    }
    return Figures.of("operations", arguments[0]);
  }
}
