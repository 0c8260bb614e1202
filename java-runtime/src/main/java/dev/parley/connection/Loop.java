package dev.parley.connection;

import dev.parley.transport.Link;
import dev.parley.transport.Listener;
import dev.parley.transport.Poller;
import dev.parley.transport.Registration;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads for many connections, accepts for listeners, and keeps their time: one thread at a time.
 *
 * <p>It runs user code as well, and moves to another thread as soon as that takes long or waits
 * ({@link Seat}, {@link Monitor}). Therefore all that the loop knows of its work stands in its
 * fields: a thread that comes back and is the loop no more simply returns, and the next one goes on
 * where the fields say.
 *
 * <p>Safe for use by many threads. {@link #close} ends the loop; connections and listeners must
 * have been closed before, as the loop does not own them.
 */
public final class Loop implements Timers, AutoCloseable {
  /** How often one connection is read in a row before others have a turn. */
  private static final int TURNS = 16;

  /** How long one connection is polled before the loop looks at the others. */
  private static final long LOOK_NANOS = 100_000;

  /** Two connections served within this time of one another are polled together. */
  private static final long CROWD_NANOS = 1_000_000;

  /** How often the loop looks at connections that waiting threads read. */
  private static final long TICK_NANOS = 1_000_000;

  /** How long nothing happens on a connection before it gives its buffers up. */
  private static final long REST_NANOS = 1_000_000_000L;

  private static final long IDLE_SECONDS = 5;

  private static final SafeLog LOG = new SafeLog("dev.parley.connection");

  private final Poller poller;
  private final TimerQueue queue = new TimerQueue();
  private final Seat seat = new Seat();
  private final ThreadPoolExecutor threads;
  private final Monitor monitor;
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile boolean closed;
  private volatile @Nullable Thread thread;

  /** When the thread will look at the time next. */
  private volatile long wakesAt = Long.MIN_VALUE;

  /** What the thread runs of a user's; written before it enters. */
  private volatile @Nullable UserCode userCode;

  private final Queue<LoopDriver> invited = new ConcurrentLinkedQueue<>();

  // The loop's own: by its thread, and from one to the next by the seat.
  private final ArrayDeque<LoopDriver> ready = new ArrayDeque<>();
  private final List<LoopDriver> hot = new ArrayList<>();
  private final List<LoopDriver> warm = new ArrayList<>();
  private @Nullable LoopDriver current;
  private int turns;
  private @Nullable LoopDriver lastServed;
  private long lastServedAt;
  private long crowdedUntil;
  private final BusyPoll crowdPoll;
  private long nextTick;
  private boolean dueWaits;

  public Loop(String threadName) throws IOException {
    poller = Poller.open();
    crowdPoll = new BusyPoll(BusyPoll.DEFAULT);
    crowdedUntil = System.nanoTime();
    lastServedAt = crowdedUntil;
    AtomicInteger number = new AtomicInteger();
    threads =
        new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            body -> new LoopThread(body, threadName + suffix(number.incrementAndGet())));
    monitor = Monitor.watch(this);
    threads.execute(this::run);
  }

  private static String suffix(int number) {
    return number == 1 ? "" : "-" + number;
  }

  @Override
  public long now() {
    return System.nanoTime();
  }

  @Override
  public Timer at(long nanos, Runnable task) {
    Timer timer = queue.add(nanos, task);
    if (Thread.currentThread() != thread && nanos - wakesAt < 0) {
      poller.wakeup();
    }
    return timer;
  }

  /**
   * Makes a connection of a link and reads for it until it ends.
   *
   * @param settings those of the connection
   * @param released run by any thread when the connection has let go of its link
   * @param make given the driver that the connection is to have
   */
  public Connection add(
      Link link, Settings settings, Runnable released, Function<Driver, Connection> make)
      throws IOException {
    LoopDriver driver = new LoopDriver(this, new BusyPoll(settings.busyPoll()), released);
    Connection connection = make.apply(driver);
    driver.begin(connection, poller.add(link, driver));
    return connection;
  }

  /** Has the loop poll that connection and write for it. Any thread, once until it has been. */
  void invite(LoopDriver driver) {
    invited.add(driver);
    poller.wakeup();
  }

  /**
   * Gives every link that {@code listener} accepts to {@code accepted}, on this thread.
   *
   * @param failed told on this thread when a connection could not be taken; it is tried again
   */
  public Registration accept(
      Listener listener, Consumer<Link> accepted, Consumer<IOException> failed) throws IOException {
    Acceptor acceptor = new Acceptor(listener, accepted, failed, this);
    Registration registration = poller.add(listener, acceptor);
    acceptor.begin(registration);
    return registration;
  }

  // --- The seat ---------------------------------------------------------------------------------

  /** Whether a user's code runs on the thread that reads. */
  public boolean isInUserCode() {
    return Seat.isUserCode(seat.turn());
  }

  /** The turn of this loop's seat. */
  long turn() {
    return seat.turn();
  }

  /**
   * The loop's thread enters a user's code.
   *
   * @param task null: the one that it has been in before
   */
  long enterUserCode(@Nullable UserCode task) {
    if (task != null) {
      userCode = task;
    }
    long turn = seat.enter();
    monitor.entered();
    return turn;
  }

  /** The thread is back from the user's code; whether the loop is still its own. */
  boolean leaveUserCode(long turn) {
    return seat.end(turn);
  }

  /** Moves the loop to another thread, if its own is still where it was in that turn. */
  void promote(long turn) {
    UserCode runs = userCode;
    if (!seat.end(turn)) {
      return;
    }
    if (runs != null) {
      runs.promoted();
    }
    threads.execute(this::run);
  }

  /** Whether the loop is in the middle of that connection. By the loop's thread. */
  boolean serves(LoopDriver driver) {
    return current == driver;
  }

  // --- The loop ---------------------------------------------------------------------------------

  private void run() {
    LoopThread me = (LoopThread) Thread.currentThread();
    thread = me;
    while (!closed || current != null) {
      try {
        LoopDriver driver = next();
        if (driver == null) {
          sleep();
        } else if (serve(me, driver)) {
          current = null;
        } else {
          return; // Another thread is the loop.
        }
      } catch (IOException | RuntimeException | Error e) {
        LOG.log(Level.ERROR, "a loop caught what it should not have met", e);
      }
    }
    monitor.forget(this);
    poller.close();
    ended.countDown();
  }

  /** What is to be served: what a former thread of the loop has left, or else the next one. */
  private @Nullable LoopDriver next() {
    LoopDriver driver = current;
    if (driver != null) {
      driver.connection().readsAsLoop(true); // This thread does, now.
      return driver;
    }
    for (driver = invited.poll(); driver != null; driver = invited.poll()) {
      if (driver.list()) {
        ready.add(driver);
      }
    }
    driver = ready.poll();
    if (driver == null) {
      return null;
    }
    driver.unlist();
    if (driver.isDone() || !driver.take()) {
      heat(driver);
      driver.polled(false);
      driver.connection().writeDeferred();
      return null;
    }
    current = driver;
    driver.connection().readsAsLoop(true);
    turns = TURNS;
    note(driver);
    warm(driver);
    driver.connection().fill();
    return driver;
  }

  private void note(LoopDriver driver) {
    long now = now();
    if (lastServed != driver) {
      if (now - lastServedAt < CROWD_NANOS) {
        crowdedUntil = now + CROWD_NANOS;
      }
      lastServed = driver;
    }
    lastServedAt = now;
  }

  private boolean crowded() {
    return crowdedUntil - now() > 0;
  }

  /** It may hold buffers from now on. */
  private void warm(LoopDriver driver) {
    if (driver.warm()) {
      warm.add(driver);
      if (warm.size() == 1) {
        at(now() + REST_NANOS, this::sweep);
      }
    }
  }

  /** Has connections rest that nothing has happened on since the last sweep. */
  private void sweep() {
    warm.removeIf(LoopDriver::rests);
    if (!warm.isEmpty()) {
      at(now() + REST_NANOS, this::sweep);
    }
  }

  private void heat(LoopDriver driver) {
    if (driver.isDone() || driver.isHot()) {
      return;
    }
    if (hot.isEmpty()) {
      nextTick = now() + TICK_NANOS;
    }
    driver.heat();
    hot.add(driver);
  }

  /** Serves one connection, and polls it; false if the loop has been taken from this thread. */
  private boolean serve(LoopThread me, LoopDriver driver) {
    Connection connection = driver.connection();
    try {
      driver.busyPoll.begin(now());
      long look = now() + LOOK_NANOS;
      while (true) {
        do {
          for (UserCode task = connection.nextUserCode();
              task != null;
              task = connection.nextUserCode()) {
            if (!me.run(this, task)) {
              return false;
            }
          }
        } while (connection.routeNext());
        if (connection.mayHaveMore() && --turns > 0) {
          connection.fill();
          continue;
        }
        connection.settle();
        int read = lookAgain(driver, look);
        if (read < 0) {
          break;
        }
        if (read > 0) {
          driver.busyPoll.begin(now());
          turns = TURNS;
          look = now() + LOOK_NANOS;
        }
      }
    } catch (RuntimeException | Error e) {
      connection.fault(e);
    }
    leave(driver);
    return true;
  }

  /** Polls the connection; how much was read, or -1 to leave it. */
  private int lookAgain(LoopDriver driver, long look) {
    Connection connection = driver.connection();
    if (crowded()) {
      crowdPoll.begin(now());
      return -1;
    }
    driver.polled(true);
    long nextLook = look;
    while (!closed && !driver.isDone() && !connection.readers().wanted()) {
      int read = connection.fill();
      if (read != 0) {
        return read;
      }
      connection.writable();
      if (connection.writeDeferred()) {
        driver.busyPoll.begin(now());
      }
      if (!driver.busyPoll.pause()) {
        return -1;
      }
      long now = now();
      if (now - nextLook >= 0) {
        nextLook = now + LOOK_NANOS;
        lookAround(now);
        if (!ready.isEmpty()) {
          return -1;
        }
      }
    }
    return -1;
  }

  /** Gives the reading role back. */
  private void leave(LoopDriver driver) {
    Connection connection = driver.connection();
    driver.polled(false);
    connection.writeDeferred();
    connection.readsAsLoop(false);
    connection.reading().release();
    if (connection.readers().anyParked()) {
      connection.readers().passOn();
    }
  }

  /** Sees who is ready, without a wait, and runs what is due. */
  private void lookAround(long now) {
    try {
      poller.poll(0, this::ready);
    } catch (IOException e) {
      LOG.log(Level.ERROR, "a loop caught what it should not have met", e);
    }
    runDue(now);
    tick(now);
  }

  /** Runs what is due, unless something is ready that came before: that is served first, once. */
  private void runDue(long now) {
    if (queue.untilNext(now) != 0) {
      return;
    }
    dueWaits = !ready.isEmpty() && !dueWaits;
    if (!dueWaits) {
      queue.runDue(now);
    }
  }

  private void sleep() throws IOException {
    if (crowdPoll.pause()) {
      lookAround(now());
      if (!ready.isEmpty()) {
        crowdPoll.found();
      }
      return;
    }
    wakesAt = now() + Long.MAX_VALUE / 2; // Until the queue is read, any new timer wakes us.
    long now = now();
    long wait = queue.untilNext(now);
    if (!hot.isEmpty()) {
      long tick = Math.max(0, nextTick - now);
      wait = wait < 0 ? tick : Math.min(wait, tick);
    }
    wakesAt = now + (wait < 0 ? Long.MAX_VALUE / 2 : wait);
    poller.poll(invited.isEmpty() ? wait : 0, this::ready);
    now = now();
    if (queue.untilNext(now) == 0) {
      // What has come while this process did not run counts before a time that has passed.
      if (ready.isEmpty()) {
        poller.poll(0, this::ready);
      }
      runDue(now);
    }
    tick(now);
  }

  /** Looks at the hot connections, if it is time. */
  private void tick(long now) {
    if (hot.isEmpty() || now - nextTick < 0) {
      return;
    }
    nextTick = now + TICK_NANOS;
    hot.removeIf(
        driver -> {
          LoopDriver.Look look = driver.tick();
          if (look == LoopDriver.Look.READ && driver.list()) {
            ready.add(driver);
          }
          return look == LoopDriver.Look.COOLS;
        });
  }

  private void ready(Registration registration, boolean readable, boolean writable) {
    if (registration.attachment() instanceof Acceptor acceptor) {
      acceptor.ready();
    } else if (registration.attachment() instanceof LoopDriver driver) {
      if (writable) {
        driver.writable();
      }
      if (readable && driver != current && driver.list()) {
        ready.add(driver);
      }
    }
  }

  /**
   * If this thread is a loop's and runs a user's code, makes another thread the loop: to be called
   * before a wait for what a loop has to bring.
   */
  public static void beforeWaiting() {
    LoopThread.handOver();
  }

  /** Ends the loop, and waits for that unless called by its thread. */
  @Override
  public void close() {
    LoopThread.handOver();
    closed = true;
    poller.wakeup();
    awaitEnd();
    threads.shutdown();
  }

  /** If the loop has been closed, waits for its end; its own thread does not wait. */
  public void awaitEnd() {
    LoopThread.handOver();
    if (!closed || Thread.currentThread() == thread) {
      return;
    }
    boolean interrupted = false;
    while (true) {
      try {
        ended.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
