package dev.parley.connection;

import dev.parley.v1.Code;
import dev.parley.v1.Status;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks a silent peer for a sign of life, and gives it up when none comes (P-2). Any byte is one.
 *
 * <p>Does nothing unless the settings ask for it: the kernel tells of a peer that dies, so only one
 * that hangs is found out this way.
 */
final class Keepalive {
  private final Object lock;
  private final Settings.@Nullable Keepalive times;
  private final Timers timers;
  private final IntSupplier callsInFlight;
  private final Runnable ask;
  private final Consumer<Status> fail;

  /** When a byte came last; written by the holder of the reading role. */
  private volatile long heardAt;

  // Guarded by the lock.
  private Timers.@Nullable Timer timer;
  private boolean over;

  /** The peer may have one thread, and that may be in the handler of our call. */
  private boolean lenient;

  private boolean asked;
  private long askedAt;

  /**
   * @param callsInFlight how many of this side's calls run at the peer
   * @param ask sends a PING, unless one is outstanding
   */
  Keepalive(
      Object lock,
      Settings.@Nullable Keepalive times,
      Timers timers,
      IntSupplier callsInFlight,
      Runnable ask,
      Consumer<Status> fail) {
    this.lock = lock;
    this.times = times;
    this.timers = timers;
    this.callsInFlight = callsInFlight;
    this.ask = ask;
    this.fail = fail;
  }

  /** The handshake is done. Under the lock. */
  void begin(int level) {
    if (times != null && !over) {
      lenient = level < 2;
      heardAt = timers.now();
      wake(heardAt + times.silence().toNanos());
    }
  }

  /** Bytes have come; by the holder of the reading role. */
  void heard() {
    if (times != null) {
      heardAt = timers.now();
    }
  }

  /** The connection has ended. */
  void end() {
    synchronized (lock) {
      over = true;
      if (timer != null) {
        timer.cancel();
        timer = null;
      }
    }
  }

  private void wake(long at) {
    timer = timers.at(at, this::look);
  }

  private void look() {
    Settings.Keepalive bounds = times;
    if (bounds == null) {
      return;
    }
    boolean asks;
    synchronized (lock) {
      if (over) {
        return;
      }
      long now = timers.now();
      if (now - heardAt < bounds.silence().toNanos()) {
        asked = false;
        wake(heardAt + bounds.silence().toNanos());
        return;
      }
      asks = !asked || heardAt - askedAt > 0;
      if (asks) {
        asked = true;
        askedAt = now;
      }
      boolean waits = asks || (lenient && callsInFlight.getAsInt() > 0);
      if (waits) {
        wake(now + bounds.patience().toNanos());
      }
      if (waits && !asks) {
        return;
      }
    }
    if (asks) {
      ask.run();
    } else {
      fail.accept(
          Faults.of(
              Code.UNAVAILABLE,
              "P-2: no sign of life for "
                  + bounds.silence().plus(bounds.patience()).toMillis()
                  + " ms"));
    }
  }
}
