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

  public RpcException(Status status, Outcome outcome, @Nullable Throwable cause) {
    super(status.toString(), cause);
    this.status = Objects.requireNonNull(status, "status");
    this.outcome = Objects.requireNonNull(outcome, "outcome");
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

  public Status status() {
    return status;
  }

  public Code code() {
    return status.code();
  }

  public Outcome outcome() {
    return outcome;
  }
}
