package dev.parley.connection;

import com.google.protobuf.MessageLite;
import dev.parley.v1.Metadata;
import dev.parley.v1.Status;
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

  private final IncomingCalls calls;
  private final String method;
  private final List<Metadata> metadata;
  private final boolean limited;
  private final long deadline;

  final long id;

  /** The size of its request, which counts among the bytes held until it ends (C-11). */
  final int size;

  // Guarded by the connection's lock.
  State state = State.ARRIVED;
  @Nullable Status stop;
  @Nullable Runnable listener;
  Timers.@Nullable Timer timer;

  IncomingCall(
      IncomingCalls calls,
      long id,
      int size,
      String method,
      List<Metadata> metadata,
      boolean limited,
      long deadline) {
    this.calls = calls;
    this.id = id;
    this.size = size;
    this.method = method;
    this.metadata = metadata;
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

  /** Answers with a reply; the handler has returned. */
  public void reply(MessageLite reply, List<Metadata> metadata) {
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
    return calls.isStopped(this);
  }

  /**
   * Sets what is run once when the call is stopped, or runs it now if it is. It runs on any thread
   * and must not block.
   */
  public void onStop(Runnable listener) {
    calls.onStop(this, listener);
  }
}
