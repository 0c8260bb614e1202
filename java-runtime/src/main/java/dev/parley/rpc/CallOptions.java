package dev.parley.rpc;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a caller may say of one call beyond its method and request. Immutable. */
public final class CallOptions {
  /** No time-out, no metadata. */
  public static final CallOptions DEFAULT = new CallOptions(null, Metadata.EMPTY);

  private final @Nullable Duration timeout;
  private final Metadata metadata;

  private CallOptions(@Nullable Duration timeout, Metadata metadata) {
    this.timeout = timeout;
    this.metadata = metadata;
  }

  /**
   * These options with a time-out, which covers queueing, writing and waiting and tells the peer
   * how long the caller still waits. One that is not positive fails the call before it is sent.
   */
  public CallOptions withTimeout(Duration timeout) {
    return new CallOptions(Objects.requireNonNull(timeout, "timeout"), metadata);
  }

  /** These options with {@code metadata} in place of their own. */
  public CallOptions withMetadata(Metadata metadata) {
    return new CallOptions(timeout, Objects.requireNonNull(metadata, "metadata"));
  }

  /** The time-out; empty: none. */
  public Optional<Duration> timeout() {
    return Optional.ofNullable(timeout);
  }

  /** What travels beside the request. */
  public Metadata metadata() {
    return metadata;
  }
}
