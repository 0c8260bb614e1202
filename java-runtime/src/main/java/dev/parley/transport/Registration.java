package dev.parley.transport;

import org.jspecify.annotations.Nullable;

/** A link's or listener's place in one {@link Poller}. Safe for use by many threads. */
public interface Registration {
  /**
   * Says what to wait for, in place of what was said before; nothing at first. It holds at once,
   * also for a poll under way, which is woken only if it must wait for more than before. After less
   * was asked for, a poll under way may wake once in vain. Without effect once the registration is
   * cancelled or the link closed.
   *
   * @param read bytes to read, or for a listener a connection to accept
   * @param write room to write; without effect for a listener
   */
  void interest(boolean read, boolean write);

  /** What was given to {@code add}. */
  @Nullable Object attachment();

  /** Leaves the poller; the link stays open. Idempotent. */
  void cancel();
}
