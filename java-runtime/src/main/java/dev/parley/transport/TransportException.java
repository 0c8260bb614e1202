package dev.parley.transport;

import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A socket that could not be claimed, listened at or connected to. The message begins with the rule
 * that was broken, where there is one, and names the endpoint.
 */
public final class TransportException extends IOException {
  private static final long serialVersionUID = 1L;

  /** What stands in the way, chosen by what the caller can do about it. */
  public enum Reason {
    /** The name or path can be none, whoever asks: correct it. */
    INVALID_ADDRESS,
    /** A file, a directory or an owner is not as it must be. Nothing was changed. */
    NOT_PERMITTED,
    /** Somebody else serves here. */
    IN_USE,
    /** Nobody serves here yet, or no longer: try again later. */
    NOT_UP,
    /** The server is there, yet took no connection within the time-out. */
    TIMED_OUT,
    /** The socket of a server that runs was removed or replaced. */
    REMOVED,
    /** The calling thread was interrupted; its flag is still set. */
    INTERRUPTED,
    /** This machine or this build lacks what the endpoint needs. */
    UNSUPPORTED,
    /** The system refused, for a reason that the cause tells: descriptors, space, memory. */
    FAILED
  }

  private final Reason reason;

  public TransportException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = Objects.requireNonNull(reason, "reason");
  }

  TransportException(Reason reason, String message) {
    this(reason, message, null);
  }

  public Reason reason() {
    return reason;
  }
}
