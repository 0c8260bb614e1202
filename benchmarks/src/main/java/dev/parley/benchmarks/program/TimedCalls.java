package dev.parley.benchmarks.program;

/** {@code latency} and its kin: one operation after the other, each by the clock. */
final class TimedCalls implements Command {
  /** One operation. */
  interface Operation {
    void run(EchoClient client) throws Exception;
  }

  private final String word;
  private final Operation operation;

  TimedCalls(String word, Operation operation) {
    this.word = word;
    this.operation = operation;
  }

  @Override
  public String word() {
    return word;
  }

  @Override
  public int arguments() {
    return 1;
  }

  @Override
  public Figures run(EchoClient client, int[] arguments) throws Exception {
    Times times = new Times();
    long start = System.nanoTime();
    long end = start + arguments[0] * 1_000_000L;
    long last = start;
    while (last - end < 0) {
      operation.run(client);
      long now = System.nanoTime();
      times.record(now - last);
      last = now;
    }
    return times.figures((last - start) / 1e9);
  }
}
