package dev.parley.connection;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Watches the threads of all loops of this process: one that stays in a user's code for more than a
 * tick loses its loop to another thread. Safe for use by many threads.
 *
 * <p>It sleeps while no user's code runs on a loop's thread, and each of its wake-ups takes some
 * microseconds from whatever runs beside it; so it looks more seldom while calls come densely.
 */
final class Monitor implements Runnable {
  private static final long TICK_NANOS = 1_000_000;

  /** The tick of dense calls: two of them and a start still bound the wait to 5 ms. */
  private static final long DENSE_TICK_NANOS = 2_000_000;

  /** So many busy ticks in a row make the calls dense. */
  private static final int DENSE = 16;

  /** So many idle ticks in a row end in sleep. */
  private static final int IDLE = 3;

  private static final Object LOCK = new Object();

  /** The one that runs; null while there is no loop. Guarded by LOCK for writing. */
  private static volatile @Nullable Monitor running;

  /** One loop and the turn in which it was seen last. */
  private static final class Watched {
    final Loop loop;
    long seen;

    Watched(Loop loop) {
      this.loop = loop;
    }
  }

  private final List<Watched> watched = new CopyOnWriteArrayList<>();
  private final Thread thread = new Thread(this, "parley-monitor");
  private volatile boolean sleeps;

  private Monitor() {
    thread.setDaemon(true);
  }

  /** Watches that loop from now on. */
  static Monitor watch(Loop loop) {
    synchronized (LOCK) {
      Monitor monitor = running;
      if (monitor == null) {
        monitor = new Monitor();
        running = monitor;
        monitor.thread.start();
      }
      monitor.watched.add(new Watched(loop));
      return monitor;
    }
  }

  /** Leaves that loop alone from now on; the last one ends the thread. */
  void forget(Loop loop) {
    synchronized (LOCK) {
      watched.removeIf(entry -> entry.loop == loop);
      if (watched.isEmpty() && running == this) {
        running = null;
      }
    }
    LockSupport.unpark(thread);
  }

  /** A loop's thread has entered a user's code: its seat says so already. */
  void entered() {
    if (sleeps) {
      LockSupport.unpark(thread);
    }
  }

  @Override
  public void run() {
    int idle = 0;
    int busy = 0;
    while (running == this) {
      if (look()) {
        idle = 0;
        busy = Math.min(busy + 1, DENSE);
      } else {
        busy = 0;
        idle++;
      }
      if (idle >= IDLE) {
        sleep();
        idle = 0;
      }
      LockSupport.parkNanos(this, busy >= DENSE ? DENSE_TICK_NANOS : TICK_NANOS);
    }
  }

  /** Promotes what has not moved since the last look; whether anything has happened at all. */
  private boolean look() {
    boolean busy = false;
    for (Watched entry : watched) {
      long turn = entry.loop.turn();
      if (turn == entry.seen && Seat.isUserCode(turn)) {
        entry.loop.promote(turn);
      }
      busy |= turn != entry.seen;
      entry.seen = turn;
    }
    return busy;
  }

  /** Sleeps until somebody enters a user's code, or has entered it just now. */
  private void sleep() {
    sleeps = true;
    while (running == this && !somebodyMoved()) {
      LockSupport.park(this);
    }
    sleeps = false;
  }

  private boolean somebodyMoved() {
    for (Watched entry : watched) {
      long turn = entry.loop.turn();
      if (turn != entry.seen || Seat.isUserCode(turn)) {
        return true;
      }
    }
    return false;
  }
}
