package dev.parley.connection;

import java.util.function.BooleanSupplier;

/**
 * What a connection needs from whoever drives it: a loop, or a test.
 *
 * <p>The driver calls {@link Connection#readable} and {@link Connection#writable}; only one thread
 * at a time may call the first.
 */
public interface Driver {
  /** Whether to call {@link Connection#writable} when the link takes bytes again. Any thread. */
  void wantsToWrite(boolean wants);

  /** The connection has closed its link and needs its driver no more. Any thread, once. */
  void done();

  /** Whether a thread that waits for something of the connection may read for it meanwhile. */
  default boolean lendsReading() {
    return false;
  }

  /** A waiting thread has given the reading role back, and no other waits for it. */
  default void callerLeft() {}

  /**
   * A waiting thread that holds the reading role is about to sleep until the link is readable: no
   * need to look meanwhile whether it is gone.
   */
  default void callerSleeps() {}

  /** Somebody is to be called back: the driver must read what no waiting thread will. */
  default void callbackAwaited() {}

  /**
   * Whether the driver is sure to call {@link Connection#flush} within microseconds after the last
   * call of this, so that a sender may leave its bytes to it. Any thread.
   */
  default boolean flushesSoon() {
    return false;
  }

  /**
   * Asks the driver to call {@link Connection#flush}, and to go on doing so for a while. Any
   * thread.
   *
   * @return whether it will
   */
  default boolean inviteToFlush() {
    return false;
  }

  /**
   * If this thread is the driver's own, in the middle of a user's code that it runs for this
   * connection: reads the connection inside of that.
   *
   * @param read done: true; false: another thread is to go on
   * @return what {@code read} said; false without asking it if this thread may not read now
   */
  default boolean readsInside(BooleanSupplier read) {
    return false;
  }
}
