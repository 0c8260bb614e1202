package dev.parley.connection;

/**
 * A monotonic clock and the tasks that wait for it. Safe for use by many threads.
 *
 * <p>The only source of time in this package, so that tests can turn the clock by hand.
 */
public interface Timers {
  /** The time now, in nanoseconds from an arbitrary origin, as {@link System#nanoTime()}. */
  long now();

  /**
   * Runs {@code task} once when the clock reaches {@code nanos}. The task runs on the thread that
   * reads, so it must not block.
   */
  Timer at(long nanos, Runnable task);

  /** A task that waits. */
  interface Timer {
    /** Takes the task back; without effect once it has begun. */
    void cancel();
  }
}
