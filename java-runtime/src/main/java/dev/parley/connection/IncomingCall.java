package dev.parley.connection;

import com.google.protobuf.MessageLite;
import dev.parley.v1.Metadata;
import dev.parley.v1.Status;
import dev.parley.wire.Envelope;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A call that the peer makes, for the rung above to serve: first {@link #begin}, then one answer,
 * or {@link #reject} without beginning. Safe for use by many threads.
 *
 * <p>A peer that cancels, a deadline that passes and a connection that ends stop the call: its
 * listener is told, and whatever it answers then is replaced by the reason it was stopped for. Its
 * slot is held until the answer, so that rapid cancelling cannot pile up work (C-3).
 */
public final class IncomingCall {
  enum State {
    /** Arrived, its handler not begun. */
    ARRIVED,
    RUNNING,
    /** Running, and told to stop. */
    STOPPED,
    ENDED
  }

  /** Takes what arrives for a call whose caller streams; by the thread that reads, in order. */
  public interface Requests {
    /**
     * A message; the envelope is valid only until this returns.
     *
     * @param cost what to give back with {@link IncomingCall#consumed} once it is consumed
     */
    void message(Envelope message, long cost);

    /** The caller has half-closed: no more messages. */
    void end();
  }

  private final IncomingCalls calls;
  private final String method;
  private final List<Metadata> metadata;
  private final boolean limited;
  private final long deadline;
  private final boolean open;

  final long id;

  // Guarded by the connection's lock.
  State state = State.ARRIVED;
  @Nullable Status stop;
  @Nullable Runnable listener;
  Timers.@Nullable Timer timer;

  /** The bytes of its request, which count among those held until it ends (C-11). */
  long held;

  /** While its REQUEST is put together. */
  @Nullable Assembly assembly;

  /** Set if the caller streams. */
  @Nullable MessageReceiver receiver;

  /** Set with the first message that is sent, if the callee streams. */
  @Nullable MessageSender sender;

  boolean callerDone;
  boolean answered;

  /** Written before the first message can come; by the thread that reads. */
  @Nullable Requests requests;

  private volatile Runnable sendable = () -> {};

  IncomingCall(
      IncomingCalls calls,
      long id,
      String method,
      List<Metadata> metadata,
      boolean open,
      boolean limited,
      long deadline) {
    this.calls = calls;
    this.id = id;
    this.method = method;
    this.metadata = metadata;
    this.open = open;
    this.limited = limited;
    this.deadline = deadline;
  }

  /** The name in the REQUEST. */
  public String method() {
    return method;
  }

  public List<Metadata> metadata() {
    return metadata;
  }

  /** Whether the caller's messages follow the REQUEST, which has none itself. */
  public boolean open() {
    return open;
  }

  /** Whether both sides have agreed on a level with streams. */
  public boolean mayStream() {
    return calls.streams();
  }

  /**
   * Sets what takes the caller's messages; by the thread that reads, in {@link Receiver#request}.
   */
  public void onRequests(Requests requests) {
    this.requests = requests;
  }

  /** Sets what is told, by any thread, when an offer that found no room may succeed. */
  public void onSendable(Runnable listener) {
    sendable = listener;
  }

  void tellSendable() {
    sendable.run();
  }

  /**
   * Offers a message of the callee's stream. Never blocks; whoever offered calls {@link #flush},
   * holding no lock of its own.
   *
   * @return OVER if the call has been stopped, or is stopped because of it
   */
  public Offer offer(MessageLite message) {
    return calls.offer(this, message);
  }

  /** Writes what is staged, unless another thread does. */
  public void flush() {
    calls.flush();
  }

  /** Says that a message of the caller's was consumed, or dropped: there is room for more (W-3). */
  public void consumed(long cost) {
    calls.consumed(this, cost);
  }

  /** Ends the call for its handler, and answers {@code why} when that has returned. */
  public void stop(Status why) {
    calls.stop(this, why);
    calls.flush();
  }

  /** Why nobody waits for the answer any more; null while somebody does. */
  public @Nullable Status whyStopped() {
    return calls.whyStopped(this);
  }

  /** Whether the caller stops waiting at {@link #deadline()}. */
  public boolean limited() {
    return limited;
  }

  /** When the caller stops waiting, on the clock of {@link Timers#now()}. */
  public long deadline() {
    return deadline;
  }

  /**
   * Says that the handler starts.
   *
   * @return false if the call was stopped before: it has been answered, and must not run
   */
  public boolean begin() {
    return calls.begin(this);
  }

  /**
   * Answers with a reply, or null where the callee streams; the handler has returned. It is sent
   * behind the messages that were taken before.
   */
  public void reply(@Nullable MessageLite reply, List<Metadata> metadata) {
    calls.reply(this, reply, metadata);
  }

  /** Answers with a failure; the handler has returned. */
  public void fail(Status why, List<Metadata> metadata) {
    calls.fail(this, why, metadata);
  }

  /** Answers that the handler did not run and will not; instead of {@link #begin}. */
  public void reject(Status why) {
    calls.reject(this, why);
  }

  /** Whether nobody waits for the answer any more. */
  public boolean isStopped() {
    return calls.whyStopped(this) != null;
  }

  /**
   * Sets what is run once when the call is stopped, or runs it now if it is. It runs on any thread
   * and must not block.
   */
  public void onStop(Runnable listener) {
    calls.onStop(this, listener);
  }
}
