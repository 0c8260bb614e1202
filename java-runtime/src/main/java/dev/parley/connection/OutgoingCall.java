package dev.parley.connection;

import com.google.protobuf.MessageLite;
import dev.parley.v1.Metadata;
import dev.parley.v1.Status;
import dev.parley.wire.Envelope;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A call that this side makes, as its connection sees it. The rung above extends it with what it
 * wants to know at the end.
 *
 * <p>Exactly one of {@link #succeeded}, {@link #replied}, {@link #notSent}, {@link #rejected} and
 * {@link #unknown} is called, once, by any thread, without a lock held; none may block.
 *
 * <p>A call that streams hears of {@link #message} and {@link #sendable} besides, before its end.
 *
 * <p>Its states are those of the specification: NEW (not started), QUEUED (no id yet), SENDING (its
 * REQUEST is partly in the outbox), WAITING (all of it is there, or beyond), LEFT (the application
 * has gone; id and slot stay until the RESPONSE, X-1), ENDED.
 */
public abstract class OutgoingCall extends Waiters {
  enum State {
    NEW,
    QUEUED,
    SENDING,
    WAITING,
    LEFT,
    ENDED
  }

  /** No deadline. */
  public static final long NEVER = Long.MAX_VALUE;

  final String method;
  final @Nullable MessageLite request;
  final List<Metadata> metadata;
  final int requestSize;
  final boolean serverStreams;
  private final boolean limited;
  private final long deadline;

  // Guarded by the connection's lock.
  State state = State.NEW;
  long id;
  long firstByte;

  /** A long request, until its frames are cut from it. */
  @Nullable Encoded encoded;

  /** Null for a call that is one frame each way. */
  @Nullable OutgoingParts parts;

  /**
   * @param limited whether there is a deadline
   * @param deadline the instant, on the clock of {@link Timers#now()}, at which the caller stops
   *     waiting: the connection then ends the call, DEADLINE_EXCEEDED
   */
  protected OutgoingCall(
      String method, MessageLite request, List<Metadata> metadata, boolean limited, long deadline) {
    this(method, request, false, metadata, limited, deadline);
  }

  /**
   * A call that may stream.
   *
   * @param request null: the caller streams
   * @param serverStreams whether the callee streams
   */
  protected OutgoingCall(
      String method,
      @Nullable MessageLite request,
      boolean serverStreams,
      List<Metadata> metadata,
      boolean limited,
      long deadline) {
    this.method = method;
    this.request = request;
    this.metadata = metadata;
    this.requestSize = request == null ? 0 : request.getSerializedSize();
    this.serverStreams = serverStreams;
    this.limited = limited;
    this.deadline = deadline;
  }

  /** Whether the caller streams: there is no request. */
  final boolean clientStreams() {
    return request == null;
  }

  /** What it has beyond one frame each way; made now if it has had nothing. */
  final OutgoingParts parts() {
    OutgoingParts made = parts;
    if (made == null) {
      made = new OutgoingParts();
      parts = made;
    }
    return made;
  }

  /** The request; null where the caller streams. */
  protected final @Nullable MessageLite request() {
    return request;
  }

  /** What goes beside the request. */
  protected final List<Metadata> metadata() {
    return metadata;
  }

  /** Whether there is a deadline. */
  protected final boolean limited() {
    return limited;
  }

  /** When the caller stops waiting, on the clock of {@link Timers#now()}. */
  protected final long deadline() {
    return deadline;
  }

  /**
   * A message of the callee's stream has come; the envelope is valid only until this returns.
   * Called by the thread that reads, one at a time and in order.
   *
   * @param cost what to give back with {@link Connection#consumed} once it is consumed
   */
  protected void message(Envelope message, long cost) {
    throw new IllegalStateException(method + " takes no messages");
  }

  /** An offer that found no room may succeed now; by any thread, without a lock held. */
  protected void sendable() {}

  /**
   * The reply has come; the envelope is valid only until this returns, but its {@link
   * Envelope#fragments} may be kept.
   */
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
