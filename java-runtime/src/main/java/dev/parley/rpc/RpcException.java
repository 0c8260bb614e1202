package dev.parley.rpc;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A call that failed, at the caller; thrown by a handler, the failure it wants its caller to see.
 *
 * <p>{@link #status()} says why and {@link #outcome()} whether the handler may have run. What a
 * handler throws of any other type reaches the caller as INTERNAL with an error id and nothing of
 * its text.
 */
public final class RpcException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Status status;
  private final Outcome outcome;
  private final transient Metadata metadata;

  /**
   * A failure as a caller sees it.
   *
   * @param metadata what came beside it
   */
  public RpcException(
      Status status, Outcome outcome, Metadata metadata, @Nullable Throwable cause) {
    super(status + " (" + outcome + ")", cause);
    this.status = Objects.requireNonNull(status, "status");
    this.outcome = Objects.requireNonNull(outcome, "outcome");
    this.metadata = Objects.requireNonNull(metadata, "metadata");
  }

  /** A failure as a caller sees it, without metadata. */
  public RpcException(Status status, Outcome outcome, @Nullable Throwable cause) {
    this(status, outcome, Metadata.EMPTY, cause);
  }

  /** A failure for a handler to throw. */
  public RpcException(Code code, String message) {
    this(Status.of(code, message), Outcome.REPLIED, null);
  }

  /** A failure with details for a handler to throw. */
  public RpcException(Status status) {
    this(status, Outcome.REPLIED, null);
  }

  /** What a service answers for a method that it leaves to its default. */
  public static RpcException unimplemented(Method<?, ?> method) {
    return new RpcException(Code.UNIMPLEMENTED, method.fullName() + " is not implemented here");
  }

  /** What a caller gets that calls a method whose shape the agreed level does not have (H-3). */
  public static RpcException aboveLevel(Method<?, ?> method) {
    return new RpcException(
        Status.of(
            Code.UNIMPLEMENTED,
            "H-3: " + method.fullName() + " streams, which is above the level agreed"),
        Outcome.NOT_SENT,
        null);
  }

  /** Why the call failed, as it crossed the wire or was found here. */
  public Status status() {
    return status;
  }

  /** The status's code. */
  public Code code() {
    return status.code();
  }

  /** What is known of whether the handler ran. */
  public Outcome outcome() {
    return outcome;
  }

  /** What came beside the failure. */
  public Metadata metadata() {
    return metadata;
  }
}
