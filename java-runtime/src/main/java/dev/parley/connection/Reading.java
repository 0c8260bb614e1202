package dev.parley.connection;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The reading role of one connection. Its holder alone reads the link and routes frames.
 *
 * <p>The loop's hold belongs to the loop, not to its thread: it outlasts a change of that.
 */
final class Reading {
  /** Who may hold the role. */
  enum Holder {
    NONE,
    LOOP,
    /** A thread that waits for something of this connection. */
    CALLER
  }

  private final AtomicBoolean taken = new AtomicBoolean();

  /** Written by the holder; a hint to everybody else. */
  private volatile Holder holder = Holder.NONE;

  /** Takes the role if nobody has it. */
  boolean take(Holder by) {
    if (taken.get() || !taken.compareAndSet(false, true)) {
      return false;
    }
    holder = by;
    return true;
  }

  /** Gives the role back. By the holder. */
  void release() {
    holder = Holder.NONE;
    taken.set(false);
  }

  /** Whether nobody has the role. */
  boolean isFree() {
    return !taken.get();
  }

  Holder holder() {
    return holder;
  }
}
