package dev.parley.benchmarks.program;

import java.util.function.BooleanSupplier;

/** True once its time is up: a field that any thread may read, far cheaper than the clock. */
final class TimeUp implements BooleanSupplier {
  private volatile boolean up;

  private TimeUp() {}

  /** Starts the time. */
  static TimeUp after(int millis) {
    TimeUp timeUp = new TimeUp();
    Thread clock =
        new Thread(
            () -> {
              try {
                Thread.sleep(millis);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              timeUp.up = true;
            },
            "time-up");
    clock.setDaemon(true);
    clock.start();
    return timeUp;
  }

  @Override
  public boolean getAsBoolean() {
    return up;
  }
}
