package dev.parley.connection;

import dev.parley.transport.Link;
import dev.parley.transport.Listener;
import dev.parley.transport.Poller;
import dev.parley.transport.Registration;
import dev.parley.v1.Code;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.ClosedChannelException;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * One thread that reads for many connections, accepts for listeners, and keeps their time.
 *
 * <p>Safe for use by many threads. Nothing that runs on it may block. {@link #close} ends the
 * thread; connections and listeners must have been closed before, as the loop does not own them.
 */
public final class Loop implements Timers, AutoCloseable {
  /** How long accepting rests when the process is out of descriptors, instead of spinning. */
  private static final long ACCEPT_PAUSE_NANOS = 100_000_000L;

  private static final Logger LOG = System.getLogger("dev.parley.connection");

  private final Poller poller;
  private final TimerQueue queue = new TimerQueue();
  private final Thread thread;
  private volatile boolean closed;

  /** When the thread will look at the time next; {@link Long#MAX_VALUE} while it does not sleep. */
  private volatile long wakesAt = Long.MIN_VALUE;

  public Loop(String threadName) throws IOException {
    poller = Poller.open();
    thread = new Thread(this::run, threadName);
    thread.setDaemon(true);
    thread.start();
  }

  /** What a registration stands for. */
  private interface Ready {
    void ready(boolean readable, boolean writable);
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
   * @param make given the driver that the connection is to have
   */
  public Connection add(Link link, Function<Driver, Connection> make) throws IOException {
    Driven driven = new Driven();
    Connection connection = make.apply(driven);
    driven.begin(connection, poller.add(link, (Ready) driven::ready));
    return connection;
  }

  /** Drives one connection. */
  private static final class Driven implements Driver {
    private volatile Connection connection;
    private volatile Registration registration;
    private volatile boolean done;

    @SuppressWarnings("NullAway.Init") // begin() sets both before anything is ready.
    Driven() {}

    void begin(Connection connection, Registration registration) {
      this.connection = connection;
      this.registration = registration;
      registration.interest(true, false);
    }

    void ready(boolean readable, boolean writable) {
      try {
        if (writable) {
          connection.writable();
        }
        if (readable && !done) {
          connection.readable();
        }
      } catch (RuntimeException | Error e) {
        // A fault in one connection, or no memory for what it asks, must not end the others.
        LOG.log(Level.ERROR, "a connection met what it should not have", e);
        connection.abort(Code.INTERNAL.getNumber(), "the connection met an error on this side");
      }
    }

    @Override
    public void wantsToWrite(boolean wants) {
      if (!done) {
        registration.interest(true, wants);
      }
    }

    @Override
    public void done() {
      done = true;
      registration.cancel();
    }
  }

  /** Gives every link that {@code listener} accepts to {@code accepted}, on this thread. */
  public Registration accept(Listener listener, Consumer<Link> accepted) throws IOException {
    Accepting accepting = new Accepting(listener, accepted);
    accepting.registration = poller.add(listener, (Ready) accepting::ready);
    accepting.registration.interest(true, false);
    return accepting.registration;
  }

  /** Accepts from one listener. */
  private final class Accepting {
    private final Listener listener;
    private final Consumer<Link> accepted;
    private Registration registration;

    @SuppressWarnings("NullAway.Init") // accept() sets the registration before anything is ready.
    Accepting(Listener listener, Consumer<Link> accepted) {
      this.listener = listener;
      this.accepted = accepted;
    }

    void ready(boolean readable, boolean writable) {
      try {
        for (Link link = listener.accept(); link != null; link = listener.accept()) {
          accepted.accept(link);
        }
      } catch (ClosedChannelException e) {
        registration.cancel();
      } catch (IOException e) {
        LOG.log(Level.WARNING, "accepting on " + listener.endpoint() + " rests a moment", e);
        registration.interest(false, false);
        at(now() + ACCEPT_PAUSE_NANOS, () -> registration.interest(true, false));
      }
    }
  }

  private void run() {
    while (!closed) {
      try {
        wakesAt = now() + Long.MAX_VALUE / 2; // Until the queue is read, any new timer wakes us.
        long now = now();
        long wait = queue.untilNext(now);
        wakesAt = now + (wait < 0 ? Long.MAX_VALUE / 2 : wait);
        poller.poll(wait, this::ready);
        now = now();
        if (queue.untilNext(now) == 0) {
          // What has come while this process did not run counts before a time that has passed.
          poller.poll(0, this::ready);
          queue.runDue(now);
        }
      } catch (IOException | RuntimeException | Error e) {
        LOG.log(Level.ERROR, "a loop caught what it should not have met", e);
      }
    }
    poller.close();
  }

  private void ready(Registration registration, boolean readable, boolean writable) {
    if (registration.attachment() instanceof Ready ready) {
      ready.ready(readable, writable);
    }
  }

  /** Ends the thread, and waits for it unless called by it. */
  @Override
  public void close() {
    closed = true;
    poller.wakeup();
    awaitEnd();
  }

  /** If the loop has been closed, waits for its thread; the thread itself does not wait. */
  public void awaitEnd() {
    if (!closed || Thread.currentThread() == thread) {
      return;
    }
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
