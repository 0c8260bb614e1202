package dev.parley.connection;

import com.google.protobuf.MessageLite;
import dev.parley.v1.Metadata;
import dev.parley.v1.Status;
import dev.parley.wire.Envelope;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A call that the peer makes, as its connection sees it. The rung above extends it with what serves
 * it: first {@link #begin}, then one answer, or {@link #reject} without beginning. Safe for use by
 * many threads.
 *
 * <p>A peer that cancels, a deadline that passes and a connection that ends stop the call: it is
 * told by {@link #stopped}, and whatever it answers then is replaced by the reason it was stopped
 * for. Its slot is held until the answer, so that rapid cancelling cannot pile up work (C-3).
 */
public abstract class IncomingCall {
  enum State {
    /** Arrived, its handler not begun. */
    ARRIVED,
    RUNNING,
    /** Running, and told to stop. */
    STOPPED,
    ENDED
  }

  final long id;
  private final String method;
  private final List<Metadata> metadata;
  private final boolean open;

  // Written once, before any other thread knows of it.
  private boolean limited;
  private long deadline;
  private IncomingCalls calls;

  // Guarded by the connection's lock.
  State state = State.ARRIVED;
  boolean answered;
  @Nullable Status stop;

  /** The bytes of its request, which count among those held until it ends (C-11). */
  int held;

  /** Null for a call that is one frame each way. */
  @Nullable IncomingParts parts;

  /**
   * @param request the first frame of its REQUEST
   */
  @SuppressWarnings("NullAway.Init") // The connection that it arrives on says so before all else.
  protected IncomingCall(Envelope request) {
    id = request.id();
    method = request.name();
    metadata = List.copyOf(request.metadata());
    open = request.open();
  }

  /** The connection that it arrives on, and what it says of the deadline. */
  final void belongTo(IncomingCalls calls, boolean limited, long deadline) {
    this.calls = calls;
    this.limited = limited;
    this.deadline = deadline;
  }

  /** What it has beyond one frame each way; made now if it has had nothing. */
  final IncomingParts parts() {
    IncomingParts made = parts;
    if (made == null) {
      made = new IncomingParts();
      parts = made;
    }
    return made;
  }

  // --- What it is told ----------------------------------------------------------------------

  /**
   * The request is there, the whole of it; the envelope is valid only until this returns, but its
   * {@link Envelope#fragments} may be kept. Called by the thread that reads; it must not block, nor
   * read a long message. From now on the call must be answered, exactly once.
   */
  protected abstract void arrived(Envelope request);

  /**
   * A message of the caller's stream has come; the envelope is valid only until this returns.
   * Called by the thread that reads, one at a time and in order.
   *
   * @param cost what to give back with {@link #consumed} once it is consumed
   */
  protected void message(Envelope message, long cost) {
    throw new IllegalStateException(method + " takes no messages");
  }

  /** The caller has half-closed: no more messages. Called by the thread that reads. */
  protected void halfClosed() {}

  /** An offer that found no room may succeed now; by any thread, without a lock held. */
  protected void sendable() {}

  /**
   * Nobody waits for the answer any more; told once, perhaps before {@link #arrived}, by any
   * thread, without a lock held. It must not block.
   */
  protected void stopped() {}

  // --- What its servant says ----------------------------------------------------------------

  /** The name in the REQUEST. */
  public final String method() {
    return method;
  }

  /** What came beside the request. */
  public final List<Metadata> sentMetadata() {
    return metadata;
  }

  /** Whether the caller's messages follow the REQUEST, which has none itself. */
  public final boolean open() {
    return open;
  }

  /** Whether both sides have agreed on a level with streams. */
  public final boolean mayStream() {
    return calls.streams();
  }

  /** Whether the caller stops waiting at {@link #deadline()}. */
  public final boolean limited() {
    return limited;
  }

  /** When the caller stops waiting, on the clock of {@link Timers#now()}. */
  public final long deadline() {
    return deadline;
  }

  /**
   * Offers a message of the callee's stream. Never blocks; whoever offered calls {@link #flush},
   * holding no lock of its own.
   *
   * @return OVER if the call has been stopped, or is stopped because of it
   */
  public final Offer offer(MessageLite message) {
    return calls.offer(this, message, "", 0);
  }

  /**
   * As {@link #offer(MessageLite)}, of a topic (T-2, T-3).
   *
   * @param sentBy who published it; "": this side
   * @param missed how many were dropped just before
   */
  public final Offer offer(MessageLite message, String sentBy, long missed) {
    return calls.offer(this, message, sentBy, missed);
  }

  /** Writes what is staged, unless another thread does. */
  public final void flush() {
    calls.flush();
  }

  /** Says that a message of the caller's was consumed, or dropped: there is room for more (W-3). */
  public final void consumed(long cost) {
    calls.consumed(this, cost);
  }

  /** Ends the call for its handler, and answers {@code why} when that has returned. */
  public final void stop(Status why) {
    calls.stop(this, why);
    calls.flush();
  }

  /** Why nobody waits for the answer any more; null while somebody does. */
  public final @Nullable Status whyStopped() {
    return calls.whyStopped(this);
  }

  /** Whether nobody waits for the answer any more. */
  public final boolean isStopped() {
    return calls.whyStopped(this) != null;
  }

  /**
   * Says that the handler starts.
   *
   * @return false if the call was stopped before: it has been answered, and must not run
   */
  public final boolean begin() {
    return calls.begin(this);
  }

  /**
   * Answers with a reply, or null where the callee streams; the handler has returned. It is sent
   * behind the messages that were taken before.
   */
  public final void reply(@Nullable MessageLite reply, List<Metadata> metadata) {
    calls.reply(this, reply, metadata);
  }

  /** Answers with a failure; the handler has returned. */
  public final void fail(Status why, List<Metadata> metadata) {
    calls.fail(this, why, metadata);
  }

  /** Answers that the handler did not run and will not; instead of {@link #begin}. */
  public final void reject(Status why) {
    calls.reject(this, why);
  }
}
