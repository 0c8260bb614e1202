package dev.parley.connection;

import java.time.Duration;

/**
 * How long a reader looks again and again before it sleeps: only after something came or went, and
 * less where that has not paid. Belongs to the holder of a reading role.
 *
 * <p>Between two looks it gives the core away, or spins if that has shown that nobody else wants
 * it: on a core of two processes the peer must run, and on a core of its own a yield only costs.
 */
final class BusyPoll {
  /**
   * The bound unless told otherwise: about what it costs to wake a sleeping core, so that polling
   * in vain never takes longer than what it might have spared.
   */
  static final Duration DEFAULT = Duration.ofNanos(50_000);

  /** The longest bound: polling is for moments, not for waiting. */
  static final Duration MOST = Duration.ofMillis(10);

  /** After so many polls in vain only every {@link #RARELY}th chance is taken. */
  private static final int FRUITLESS = 5;

  private static final int RARELY = 32;

  /** So many looks in a row spin on a core of its own; then a yield tells whether it still is. */
  private static final int SPINS = 32;

  /** A yield that takes longer has let somebody else run. */
  private static final long SHARED_NANOS = 1_500;

  private final long bound;
  private long end;
  private boolean polling;
  private boolean paused;
  private boolean shared;
  private int looks;
  private int fruitless;
  private int skipped;

  BusyPoll(Duration bound) {
    this.bound = bound.toNanos();
  }

  boolean isOff() {
    return bound == 0;
  }

  /** Something came, or was sent, at {@code now}: the next looks may find more. */
  void begin(long now) {
    if (polling && paused) {
      fruitless = 0;
    }
    paused = false;
    if (bound == 0 || (fruitless >= FRUITLESS && ++skipped % RARELY != 0)) {
      polling = false;
      return;
    }
    polling = true;
    end = now + bound;
  }

  /** What was waited for has come. */
  void found() {
    if (paused) {
      fruitless = 0;
    }
    polling = false;
  }

  /** Another thread of this process was given work: it may want this core. */
  void shareCore() {
    shared = true;
  }

  /**
   * Gives the core away before the first look, if somebody else wants it: the peer, most likely.
   */
  void yieldFirst() {
    if (polling && shared) {
      paused = true;
      giveCoreAway();
    }
  }

  /**
   * Passes a moment.
   *
   * @return whether to look again; false: sleep
   */
  boolean pause() {
    if (!polling) {
      return false;
    }
    long now = System.nanoTime();
    if (now - end >= 0) {
      polling = false;
      fruitless++;
      return false;
    }
    paused = true;
    if (shared || ++looks % SPINS == 0) {
      giveCoreAway();
    } else {
      Thread.onSpinWait();
    }
    return true;
  }

  @SuppressWarnings("ThreadPriorityCheck") // How long a yield takes is what this class goes by.
  private void giveCoreAway() {
    long before = System.nanoTime();
    Thread.yield();
    shared = System.nanoTime() - before > SHARED_NANOS;
  }
}
