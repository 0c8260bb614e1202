package dev.parley.rpc;

import java.time.Duration;
import java.util.Optional;

/** What a handler knows of the call that it serves. Safe for use by many threads. */
public interface CallContext {
  /** Who calls; a handler may call back through it. */
  Peer peer();

  /** The method's name on the wire, {@code demo.v1.Greeter/Hello}. */
  String method();

  /** What came beside the request. */
  Metadata metadata();

  /** Sets what goes back beside the reply or the failure, in place of what was set before. */
  void replyMetadata(Metadata metadata);

  /** How long the caller still waits, at least zero; empty: it set no limit. */
  Optional<Duration> remaining();

  /** Whether nobody waits any more: cancelled, past its deadline, or the connection gone. */
  boolean isCancelled();

  /** Runs {@code listener} once when {@link #isCancelled()} becomes true, or now if it is. */
  void onCancel(Runnable listener);

  /**
   * From now on the handler's thread, which must be the one that calls this, is interrupted when
   * {@link #isCancelled()} becomes true, or now if it is. The flag is cleared when the handler
   * returns.
   */
  void interruptOnCancel();

  /**
   * {@code task}, run as part of this call: {@link #current()} gives this context there, so calls
   * that it makes inherit the deadline.
   */
  default Runnable wrap(Runnable task) {
    return () -> {
      CallContext before = CurrentCall.enter(this);
      try {
        task.run();
      } finally {
        CurrentCall.leave(before);
      }
    };
  }

  /** The call that this thread serves just now. */
  static Optional<CallContext> current() {
    return CurrentCall.get();
  }
}
