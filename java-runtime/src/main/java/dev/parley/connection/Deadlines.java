package dev.parley.connection;

import org.jspecify.annotations.Nullable;

/**
 * When to look for calls of one side whose deadline has passed: one timer, however many calls there
 * are, set to the nearest deadline that was ever heard of. A call that ends in time leaves it as it
 * is, so that it costs a comparison and no timer. Guarded by the connection's lock.
 */
final class Deadlines {
  private final Timers timers;
  private final Runnable look;
  private Timers.@Nullable Timer timer;
  private long at;

  /**
   * @param look told without the lock, by the timer: it calls {@link #passed}, then {@link #watch}
   *     for each call that still has time
   */
  Deadlines(Timers timers, Runnable look) {
    this.timers = timers;
    this.look = look;
  }

  /** A call has that deadline. */
  void watch(long deadline) {
    if (timer != null) {
      if (deadline - at >= 0) {
        return;
      }
      timer.cancel();
    }
    at = deadline;
    timer = timers.at(deadline, look);
  }

  /** It is {@code now}: a timer whose time has come is none any more. */
  void passed(long now) {
    if (at - now <= 0) {
      timer = null;
    }
  }

  /** Nothing is watched any more. */
  void end() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }
}
