package dev.parley.rpc;

import java.time.Duration;
import java.util.Objects;

/**
 * Whether, and how patiently, a failed call is tried again unasked (C-10). Immutable.
 *
 * <p>Only UNAVAILABLE is retried, and only when the outcome is NOT_SENT or REJECTED, or UNKNOWN for
 * a method that declares its {@link Idempotency}; only while the connection is there, nothing was
 * received yet, and the client does not stream; and only inside the deadline. Before attempt n + 1
 * it waits a random time between 0 and {@code initialBackoff * multiplier^(n-1)}, at most {@code
 * maxBackoff}: full jitter, as in Brooker, "Exponential Backoff And Jitter", 2015.
 *
 * @param maxAttempts how often a call is tried in all, at least 1; 1: no retry
 * @param initialBackoff the most that is waited before the second attempt
 * @param multiplier by what that grows each time, at least 1
 * @param maxBackoff the most that is ever waited before an attempt
 */
public record RetryPolicy(
    int maxAttempts, Duration initialBackoff, double multiplier, Duration maxBackoff) {
  /** Five attempts, from 5 ms on, doubled each time, up to 500 ms. */
  public static final RetryPolicy DEFAULT =
      new RetryPolicy(5, Duration.ofMillis(5), 2, Duration.ofMillis(500));

  /** No retry. */
  public static final RetryPolicy NONE = new RetryPolicy(1, Duration.ZERO, 1, Duration.ZERO);

  public RetryPolicy {
    Objects.requireNonNull(initialBackoff, "initialBackoff");
    Objects.requireNonNull(maxBackoff, "maxBackoff");
    if (maxAttempts < 1) {
      throw new IllegalArgumentException("maxAttempts of " + maxAttempts + " is below 1");
    }
    if (!(multiplier >= 1) || Double.isInfinite(multiplier)) {
      throw new IllegalArgumentException("multiplier of " + multiplier + " is below 1");
    }
    if (initialBackoff.isNegative() || maxBackoff.isNegative()) {
      throw new IllegalArgumentException("a backoff is negative");
    }
  }
}
