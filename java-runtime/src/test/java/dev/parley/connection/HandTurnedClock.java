package dev.parley.connection;

/** A clock that stands still until a test turns it. */
final class HandTurnedClock implements Timers {
  private final TimerQueue queue = new TimerQueue();
  private long now = 1_000_000_000_000L;
  private int timersSet;

  @Override
  public synchronized long now() {
    return now;
  }

  @Override
  public synchronized Timer at(long nanos, Runnable task) {
    timersSet++;
    return queue.add(nanos, task);
  }

  /** Turns the clock, and runs what becomes due on this thread. */
  void advanceMillis(long millis) {
    synchronized (this) {
      now += millis * 1_000_000;
    }
    queue.runDue(now());
  }

  /** How many tasks there have been. */
  synchronized int timersSet() {
    return timersSet;
  }

  /** Whether any task still waits. */
  boolean isIdle() {
    return queue.untilNext(now()) < 0;
  }
}
