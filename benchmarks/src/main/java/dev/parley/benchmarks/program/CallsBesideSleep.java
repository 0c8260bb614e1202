package dev.parley.benchmarks.program;

import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;

/** {@code beside-sleep}: calls while another call's handler sleeps. */
final class CallsBesideSleep implements Command {
  /** How long the sleeper has been on its way when the call begins, by turns. */
  private static final long[] HEAD_START_NANOS = {0, 300_000, 5_000_000};

  @Override
  public String word() {
    return "beside-sleep";
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
    for (int i = 0; System.nanoTime() - end < 0; i++) {
      long due = System.nanoTime() + HEAD_START_NANOS[i % HEAD_START_NANOS.length];
      Future<?> sleeper = client.sleep(arguments[1]);
      for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
      long before = System.nanoTime();
      client.call();
      times.record(System.nanoTime() - before);
      sleeper.get();
    }
    return times.figures((System.nanoTime() - start) / 1e9);
  }
}
