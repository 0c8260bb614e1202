package dev.parley.conformance.wire;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The moment at which a case has failed for want of progress. Monotonic; immutable. */
public final class TimeLimit {
  private final long end;

  private TimeLimit(long end) {
    this.end = end;
  }

  public static TimeLimit in(Duration duration) {
    return new TimeLimit(System.nanoTime() + duration.toNanos());
  }

  /** What is left in nanoseconds, at least zero. */
  public long nanos() {
    return Math.max(0, end - System.nanoTime());
  }

  /** What is left in milliseconds, rounded up. */
  public long millis() {
    return TimeUnit.NANOSECONDS.toMillis(nanos() + 999_999);
  }

  public boolean isOver() {
    return nanos() == 0;
  }
}
