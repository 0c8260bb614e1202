package dev.parley.connection;

import com.google.protobuf.MessageLite;
import dev.parley.v1.Metadata;
import dev.parley.v1.Status;
import dev.parley.wire.Envelope;
import java.util.List;

/**
 * A call that this side makes, as its connection sees it. The rung above extends it with what it
 * wants to know at the end.
 *
 * <p>Exactly one of {@link #succeeded}, {@link #replied}, {@link #notSent}, {@link #rejected} and
 * {@link #unknown} is called, once, by any thread, without a lock held; none may block.
 *
 * <p>Its states are those of the specification: QUEUED (no id yet), WAITING (its frame is in the
 * outbox or beyond), LEFT (the application has gone; id and slot stay until the RESPONSE, X-1),
 * ENDED.
 */
public abstract class OutgoingCall {
  enum State {
    QUEUED,
    WAITING,
    LEFT,
    ENDED
  }

  /** No deadline. */
  public static final long NEVER = Long.MAX_VALUE;

  final String method;
  final MessageLite request;
  final List<Metadata> metadata;
  final int requestSize;
  private final long deadline;
  private final boolean limited;

  // Guarded by the connection's lock.
  State state = State.QUEUED;
  long id;
  long firstByte;

  /**
   * @param limited whether there is a deadline
   * @param deadline the instant, on the clock of {@link Timers#now()}, at which the caller stops
   *     waiting
   */
  protected OutgoingCall(
      String method, MessageLite request, List<Metadata> metadata, boolean limited, long deadline) {
    this.method = method;
    this.request = request;
    this.metadata = metadata;
    this.requestSize = request.getSerializedSize();
    this.limited = limited;
    this.deadline = deadline;
  }

  /** Whether there is a deadline. */
  protected final boolean limited() {
    return limited;
  }

  /** When the caller stops waiting, on the clock of {@link Timers#now()}. */
  protected final long deadline() {
    return deadline;
  }

  /** The reply has come; the envelope is valid only until this returns. */
  protected abstract void succeeded(Envelope reply);

  /** The peer has answered with a failure: its handler ran. */
  protected abstract void replied(Status why, List<Metadata> metadata);

  /** No byte of the request reached the kernel. */
  protected abstract void notSent(Status why);

  /** The peer says that its handler did not run and will not. */
  protected abstract void rejected(Status why, List<Metadata> metadata);

  /** The request went out and no answer came: the handler ran once or not at all. */
  protected abstract void unknown(Status why);
}
