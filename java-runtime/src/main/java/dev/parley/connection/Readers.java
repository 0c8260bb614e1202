package dev.parley.connection;

import dev.parley.transport.Link;
import dev.parley.transport.Poller;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The threads that wait for something of one connection. One of them reads for all, so that what it
 * waits for needs no other thread; when that has come it passes the reading role on, to another
 * that waits or back to the driver. Safe for use by many threads.
 *
 * <p>Who reads here runs no user code: that goes to workers.
 */
final class Readers {
  /** How often a thread that finds the role taken gives its core away before it sleeps. */
  private static final int YIELDS = 16;

  private final Connection connection;
  private final Link link;
  private final Timers timers;
  private final Driver driver;
  private final Reading reading;

  /** By the holder of the reading role, as long as that is a caller. */
  private final BusyPoll busyPoll;

  /** Threads that want the role while another one has it. */
  private final AtomicInteger wanting = new AtomicInteger();

  /**
   * Threads that sleep until they are over or get the role; a leaf among locks, as is each list.
   */
  private final ArrayDeque<Parked> parked = new ArrayDeque<>();

  private volatile int parkedCount;

  /** What a caller sleeps in, from its first long wait on. */
  private volatile @Nullable Poller poller;

  private volatile boolean closed;

  private record Parked(Thread thread, Awaited what) {}

  Readers(
      Connection connection,
      Link link,
      Timers timers,
      Driver driver,
      Reading reading,
      BusyPoll busyPoll) {
    this.connection = connection;
    this.link = link;
    this.timers = timers;
    this.driver = driver;
    this.reading = reading;
    this.busyPoll = busyPoll;
  }

  /** Whether a thread wants to read: a loop that only polls makes way for it. */
  boolean wanted() {
    return wanting.get() > 0;
  }

  /** Whether threads sleep that could take the reading role. */
  boolean anyParked() {
    return parkedCount > 0;
  }

  /**
   * Waits on this thread.
   *
   * @param sleepers where whoever makes {@code what} be over wakes its threads
   * @param until on the clock of the timers, or {@link OutgoingCall#NEVER}
   */
  WaitEnd await(Waiters sleepers, Awaited what, long until) {
    connection.writeBeforeWaiting();
    if (LoopThread.inUserCode() != null) {
      WaitEnd end = awaitInside(sleepers, what, until);
      if (end != null) {
        return end;
      }
    }
    if (!driver.lendsReading()) {
      return sleep(sleepers, what, until);
    }
    if (reading.take(Reading.Holder.CALLER)) {
      WaitEnd end = readAndLeave(sleepers, what, until);
      return end != null ? end : sleep(sleepers, what, until);
    }
    return awaitTurn(sleepers, what, until);
  }

  /**
   * On a loop's thread in a user's code: reads inside of that for a moment, or hands the loop over.
   */
  private @Nullable WaitEnd awaitInside(Waiters sleepers, Awaited what, long until) {
    WaitEnd[] end = new WaitEnd[1];
    driver.readsInside(
        () -> {
          end[0] = connection.withoutUserCode(() -> read(sleepers, what, until, false));
          return end[0] != null;
        });
    if (end[0] == null) {
      LoopThread.handOver();
    }
    return end[0];
  }

  @SuppressWarnings("ThreadPriorityCheck") // A yield hands the core to who reads, or its peer.
  private WaitEnd awaitTurn(Waiters sleepers, Awaited what, long until) {
    wanting.incrementAndGet();
    try {
      for (int tries = 0; ; tries++) {
        if (what.isOver()) {
          return WaitEnd.OVER;
        }
        if (reading.take(Reading.Holder.CALLER)) {
          WaitEnd end = readAndLeave(sleepers, what, until);
          return end != null ? end : sleep(sleepers, what, until);
        }
        if (tries < YIELDS) {
          Thread.yield();
          continue;
        }
        WaitEnd end = parkUntilTurn(sleepers, what, until);
        if (end != null) {
          return end;
        }
      }
    } finally {
      wanting.decrementAndGet();
      if (reading.isFree()) {
        passOn(); // The role may have been meant for this thread.
      }
    }
  }

  /** Sleeps until what is awaited is over, or the role is free: null. */
  private @Nullable WaitEnd parkUntilTurn(Waiters sleepers, Awaited what, long until) {
    Waiters.Waiter waiter = new Waiters.Waiter(null);
    Parked me = new Parked(Thread.currentThread(), what);
    sleepers.link(waiter);
    synchronized (parked) {
      parked.add(me);
      parkedCount = parked.size();
    }
    try {
      while (true) {
        WaitEnd end = endOf(what, until);
        if (end != null || reading.isFree()) {
          return end;
        }
        park(until);
      }
    } finally {
      synchronized (parked) {
        parked.remove(me);
        parkedCount = parked.size();
      }
      sleepers.unlink(waiter);
    }
  }

  private @Nullable WaitEnd endOf(Awaited what, long until) {
    if (what.isOver()) {
      return WaitEnd.OVER;
    }
    if (Thread.currentThread().isInterrupted()) {
      return WaitEnd.INTERRUPTED;
    }
    return until != OutgoingCall.NEVER && timers.now() - until >= 0 ? WaitEnd.TIME_UP : null;
  }

  private void park(long until) {
    if (until == OutgoingCall.NEVER) {
      LockSupport.park(this);
    } else {
      LockSupport.parkNanos(this, Math.max(1, until - timers.now()));
    }
  }

  /** Sleeps until what is awaited is over, leaving the reading to others. */
  private WaitEnd sleep(Waiters sleepers, Awaited what, long until) {
    Waiters.Waiter waiter = new Waiters.Waiter(null);
    sleepers.link(waiter);
    try {
      WaitEnd end;
      while ((end = endOf(what, until)) == null) {
        park(until);
      }
      return end;
    } finally {
      sleepers.unlink(waiter);
    }
  }

  /** Reads as the holder of the role, and gives it on; null: it is for others to read on. */
  private @Nullable WaitEnd readAndLeave(Waiters sleepers, Awaited what, long until) {
    try {
      return read(sleepers, what, until, true);
    } finally {
      reading.release();
      passOn();
    }
  }

  /**
   * Reads until what is awaited is over.
   *
   * @param sleeps whether to sleep once polling is over; else null is returned then
   */
  private @Nullable WaitEnd read(Waiters sleepers, Awaited what, long until, boolean sleeps) {
    busyPoll.begin(System.nanoTime());
    busyPoll.yieldFirst();
    while (true) {
      int read = readBatch();
      WaitEnd end = endOf(what, until);
      if (end != null) {
        busyPoll.found();
        return end;
      }
      if (read < 0) {
        return null; // Ended: whoever found that out is telling all who wait.
      }
      if (read > 0) {
        busyPoll.begin(System.nanoTime());
        if (connection.handedOut()) {
          busyPoll.shareCore();
        }
        continue;
      }
      connection.writable();
      if (!busyPoll.pause() && !(sleeps && sleepInPoller(sleepers, what, until))) {
        return null;
      }
    }
  }

  private int readBatch() {
    try {
      return connection.readBatch();
    } catch (RuntimeException | Error e) {
      connection.fault(e);
      return -1;
    }
  }

  /** Sleeps until the link is readable; false if that can't be had. */
  private boolean sleepInPoller(Waiters sleepers, Awaited what, long until) {
    if (VirtualThreads.isCurrent()) {
      return false; // It would keep its carrier.
    }
    Poller mine = poller();
    if (mine == null) {
      return false;
    }
    driver.callerSleeps();
    Waiters.Waiter waiter = new Waiters.Waiter(mine);
    sleepers.link(waiter);
    SleepingThreads.enter();
    try {
      if (!what.isOver()) {
        long wait = until == OutgoingCall.NEVER ? -1 : Math.max(1, until - timers.now());
        if (mine.poll(wait, (registration, readable, writable) -> {}) == Poller.INTERRUPTED) {
          Thread.currentThread().interrupt();
        }
      }
    } catch (IOException e) {
      return false; // Closed meanwhile.
    } finally {
      SleepingThreads.leave();
      sleepers.unlink(waiter);
    }
    return true;
  }

  private @Nullable Poller poller() {
    Poller mine = poller;
    if (mine != null) {
      return mine;
    }
    try {
      mine = Poller.open();
    } catch (IOException e) {
      return null; // Out of descriptors, perhaps: the driver reads then.
    }
    try {
      mine.add(link, null).interest(true, false);
      poller = mine;
    } catch (IOException e) {
      mine.close();
      return null;
    }
    if (closed) {
      mine.close();
      return null;
    }
    return mine;
  }

  /** Has another thread take the role: one that waits, or else the driver. */
  void passOn() {
    if (parkedCount > 0) {
      synchronized (parked) {
        for (int left = parked.size(); left > 0; left--) {
          Parked next = parked.remove();
          parked.add(next);
          if (!next.what.isOver()) {
            LockSupport.unpark(next.thread);
            return;
          }
        }
      }
    }
    driver.callerLeft();
  }

  /** The link is closed. */
  void close() {
    closed = true;
    Poller mine = poller;
    if (mine != null) {
      mine.close();
    }
  }
}
