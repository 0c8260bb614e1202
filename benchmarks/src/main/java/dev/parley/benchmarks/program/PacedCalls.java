package dev.parley.benchmarks.program;

import java.util.concurrent.locks.LockSupport;

/** {@code paced}: calls at a rate, and sleep in between. */
final class PacedCalls implements Command {
  @Override
  public String word() {
    return "paced";
  }

  @Override
  public int arguments() {
    return 2;
  }

  @Override
  public Figures run(EchoClient client, int[] arguments) throws Exception {
    Times times = new Times();
    long start = System.nanoTime();
    long end = start + arguments[0] * 1_000_000L;
    long step = 1_000_000_000L / arguments[1];
    long due = start;
    while (due - end < 0) {
      for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
      long before = System.nanoTime();
      client.call();
      times.record(System.nanoTime() - before);
      due += step;
    }
    return times.figures((System.nanoTime() - start) / 1e9);
  }
}
