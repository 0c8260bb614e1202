package dev.parley.connection;

import dev.parley.transport.Registration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * Joins one connection to its loop, and knows whether the loop's poller waits for it.
 *
 * <p>A poller tells of every byte, also of those that a waiting thread reads, and to arm and disarm
 * it for each call would cost more than the call. So it stays armed until it wakes the loop in
 * vain; from then on the connection is <i>hot</i>: the loop looks once a tick, and arms it again
 * after a tick without calls.
 */
final class LoopDriver implements Driver {
  /** Threads that leave the connection unarmed this soon after one another leave it to the tick. */
  private static final long DENSE_NANOS = 500_000;

  private final Loop loop;
  private final Runnable afterwards;
  final BusyPoll busyPoll;

  private volatile Connection connection;
  private volatile Registration registration;
  private volatile boolean done;

  // Guarded by this for writing.
  private volatile boolean armed;
  private boolean wantsToWrite;

  /** Whether the loop looks at it once a tick; written by the loop. */
  private volatile boolean hot;

  /** Whether who holds the reading role sleeps, and arms the poller in the end. */
  private volatile boolean callerSleeps;

  /** How many callers have left. */
  private final AtomicInteger departures = new AtomicInteger();

  private volatile long leftAt;

  /** Whether the loop looks at this connection again and again. */
  private volatile boolean polled;

  /** Whether the loop has been asked to poll it, and has not left it since. */
  private final AtomicBoolean invited = new AtomicBoolean();

  // The loop's own.
  private int seenDepartures;
  private boolean listed;
  private boolean warm;
  private boolean served;
  private int sweptDepartures;

  @SuppressWarnings("NullAway.Init") // begin() sets both before anything is ready.
  LoopDriver(Loop loop, BusyPoll busyPoll, Runnable afterwards) {
    this.loop = loop;
    this.busyPoll = busyPoll;
    this.afterwards = afterwards;
    this.leftAt = System.nanoTime();
  }

  void begin(Connection connection, Registration registration) {
    this.connection = connection;
    this.registration = registration;
    arm();
  }

  Connection connection() {
    return connection;
  }

  boolean isDone() {
    return done;
  }

  // --- By the loop ------------------------------------------------------------------------------

  /** Takes the reading role for the loop; if a caller has it, leaves it to the tick. */
  boolean take() {
    if (connection.reading().take(Reading.Holder.LOOP)) {
      return true;
    }
    disarm();
    return false;
  }

  /** Marks it as listed among those that are ready; false if it is already. */
  boolean list() {
    if (listed) {
      return false;
    }
    listed = true;
    return true;
  }

  void unlist() {
    listed = false;
  }

  /** It is being served; whether it was not warm before. */
  boolean warm() {
    served = true;
    boolean was = warm;
    warm = true;
    return !was;
  }

  /** Gives up the buffers if nothing has happened since this was asked last; whether that is so. */
  boolean rests() {
    int now = departures.get();
    boolean busy = served || now != sweptDepartures;
    served = false;
    sweptDepartures = now;
    if (done) {
      return true;
    }
    if (busy || !connection.reading().take(Reading.Holder.LOOP)) {
      return false;
    }
    connection.rest();
    connection.reading().release();
    if (connection.readers().anyParked()) {
      connection.readers().passOn();
    }
    warm = false;
    return true;
  }

  boolean isHot() {
    return hot;
  }

  /** It is on the hot list from now on. */
  void heat() {
    hot = true;
    seenDepartures = departures.get();
  }

  /** What a tick does with a hot connection. */
  enum Look {
    /** It stays hot. */
    STAYS,
    /** It stays hot, and may have something to read. */
    READ,
    /** It leaves the list. */
    COOLS
  }

  Look tick() {
    if (done) {
      hot = false;
      return Look.COOLS;
    }
    if (connection.reading().holder() == Reading.Holder.CALLER) {
      if (!callerSleeps) {
        return Look.STAYS;
      }
      hot = false;
      if (callerSleeps) {
        return Look.COOLS; // Whoever sleeps will see that it must arm it.
      }
      hot = true;
      return Look.STAYS;
    }
    int now = departures.get();
    if (now != seenDepartures) {
      seenDepartures = now;
      return Look.READ;
    }
    hot = false;
    arm();
    return Look.COOLS;
  }

  /** The link takes bytes again. */
  void writable() {
    try {
      connection.writable();
    } catch (RuntimeException | Error e) {
      connection.fault(e);
    }
  }

  /** Whether the loop looks at this connection again and again, and writes for others. */
  void polled(boolean polled) {
    this.polled = polled;
    if (!polled) {
      invited.set(false);
    }
  }

  // --- By any thread ----------------------------------------------------------------------------

  private void arm() {
    synchronized (this) {
      if (armed) {
        return;
      }
      armed = true;
      tellInterest();
    }
  }

  private synchronized void disarm() {
    armed = false;
    tellInterest();
  }

  private void tellInterest() {
    if (!done) {
      registration.interest(armed, wantsToWrite);
    }
  }

  @Override
  public synchronized void wantsToWrite(boolean wants) {
    wantsToWrite = wants;
    tellInterest();
  }

  @Override
  public void done() {
    done = true;
    registration.cancel();
    afterwards.run();
  }

  @Override
  public boolean lendsReading() {
    return true;
  }

  @Override
  public void callerLeft() {
    callerSleeps = false;
    departures.incrementAndGet();
    if (armed) {
      return;
    }
    if (!hot) {
      arm();
      return;
    }
    long now = System.nanoTime();
    boolean dense = now - leftAt < DENSE_NANOS;
    leftAt = now;
    if (!dense) {
      arm();
    }
  }

  @Override
  public void callerSleeps() {
    callerSleeps = true;
  }

  @Override
  public void callbackAwaited() {
    if (!armed) {
      arm();
    }
  }

  @Override
  public boolean flushesSoon() {
    return polled;
  }

  @Override
  public boolean inviteToFlush() {
    if (busyPoll.isOff()) {
      return false;
    }
    if (!invited.get() && invited.compareAndSet(false, true)) {
      loop.invite(this);
    }
    return true;
  }

  @Override
  public boolean readsInside(BooleanSupplier read) {
    LoopThread thread = LoopThread.inUserCode();
    return thread != null && thread.nest(this, read);
  }
}
