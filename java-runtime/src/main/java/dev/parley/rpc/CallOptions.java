package dev.parley.rpc;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a caller may say of one call beyond its method and request. Immutable. */
public final class CallOptions {
  /**
   * No time-out, no metadata, the caller's own retry policy, the deadline of the handler at work.
   */
  public static final CallOptions DEFAULT =
      new CallOptions(null, Metadata.EMPTY, null, true, false);

  private final @Nullable Duration timeout;
  private final Metadata metadata;
  private final @Nullable RetryPolicy retry;
  private final boolean inheritsDeadline;
  private final boolean waitsForReady;

  private CallOptions(
      @Nullable Duration timeout,
      Metadata metadata,
      @Nullable RetryPolicy retry,
      boolean inheritsDeadline,
      boolean waitsForReady) {
    this.timeout = timeout;
    this.metadata = metadata;
    this.retry = retry;
    this.inheritsDeadline = inheritsDeadline;
    this.waitsForReady = waitsForReady;
  }

  /**
   * These options with a time-out, which covers queueing, writing and waiting, all attempts
   * together, and tells the peer how long the caller still waits. One that is not positive fails
   * the call before it is sent.
   */
  public CallOptions withTimeout(Duration timeout) {
    return new CallOptions(
        Objects.requireNonNull(timeout, "timeout"),
        metadata,
        retry,
        inheritsDeadline,
        waitsForReady);
  }

  /** These options with {@code metadata} in place of their own. */
  public CallOptions withMetadata(Metadata metadata) {
    return new CallOptions(
        timeout,
        Objects.requireNonNull(metadata, "metadata"),
        retry,
        inheritsDeadline,
        waitsForReady);
  }

  /** These options with {@code retry} in place of the client's; {@link RetryPolicy#NONE}: off. */
  public CallOptions withRetry(RetryPolicy retry) {
    return new CallOptions(
        timeout, metadata, Objects.requireNonNull(retry, "retry"), inheritsDeadline, waitsForReady);
  }

  /**
   * Whether a call that a handler makes on its own thread, and in tasks that it has wrapped with
   * {@link CallContext#wrap}, ends with the deadline of the call that it serves, if that is nearer
   * than its own: true unless set.
   */
  public CallOptions withInheritedDeadline(boolean inherits) {
    return new CallOptions(timeout, metadata, retry, inherits, waitsForReady);
  }

  /**
   * Whether a call of a client that is not connected just now waits until it is, in place of
   * failing: false unless set. Its time-out covers that wait; without one it ends when the client
   * does. A call that streams waits in the thread that starts it.
   */
  public CallOptions withWaitForReady(boolean waits) {
    return new CallOptions(timeout, metadata, retry, inheritsDeadline, waits);
  }

  /** The time-out; empty: none. */
  public Optional<Duration> timeout() {
    return Optional.ofNullable(timeout);
  }

  /** What travels beside the request. */
  public Metadata metadata() {
    return metadata;
  }

  /** How it is retried; empty: as the client or server says. */
  public Optional<RetryPolicy> retry() {
    return Optional.ofNullable(retry);
  }

  /** Whether the call waits for a connection. */
  public boolean waitsForReady() {
    return waitsForReady;
  }

  /** Whether the deadline of the handler at work holds for this call too. */
  public boolean inheritsDeadline() {
    return inheritsDeadline;
  }
}
