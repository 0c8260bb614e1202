package dev.parley.rpc.runtime;

import dev.parley.connection.Connection;
import dev.parley.connection.UserCode;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Where user code runs: handlers, listeners, the completion of futures. Short handlers and
 * completions begin on the thread that read what they are about; everything runs elsewhere if the
 * user has given an executor. Safe for use by many threads.
 *
 * <p>Handlers are bounded by number, and one too many is refused rather than queued, so that
 * handlers that wait for one another through their peers never wait for a thread (C-5). Everything
 * else that runs here is bounded by the calls in flight.
 */
public final class Workers implements AutoCloseable {
  /** How many handlers of one server or client run at once unless told otherwise. */
  public static final int MAX_HANDLERS = 1024;

  private static final long IDLE_SECONDS = 5;

  /** Daemon threads that come with the work and go when idle. */
  private final ThreadPoolExecutor own;

  private final @Nullable BorrowedExecutor borrowed;
  private final Executor executor;
  private final int maxHandlers;
  private final AtomicInteger handlers = new AtomicInteger();
  private final Pace callbackPace = new Pace();

  /**
   * @param executor the user's, which stays the user's; null: a pool of daemon threads of its own,
   *     which {@link #close} ends
   */
  public Workers(String threadName, @Nullable Executor executor, int maxHandlers) {
    this.maxHandlers = maxHandlers;
    AtomicInteger number = new AtomicInteger();
    own =
        new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            task -> {
              Thread thread = new Thread(task, threadName + "-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    borrowed = executor == null ? null : new BorrowedExecutor(executor, this::executeApart);
    this.executor = borrowed == null ? own : borrowed;
  }

  /**
   * Runs a handler: on the thread that read its call, if that may be, or else on another.
   *
   * @param connection whose frame is being acted on
   * @return false if there are as many as there may be, or the executor takes no more
   */
  boolean tryHandle(Connection connection, ServerCall<?, ?> handler) {
    if (handlers.get() >= maxHandlers) {
      return false;
    }
    if (borrowed == null && handler.mayBeginHere() && connection.defer(handler)) {
      return true;
    }
    if (handlers.incrementAndGet() > maxHandlers) {
      handlers.decrementAndGet();
      return false;
    }
    try {
      executor.execute(
          () -> {
            try {
              handler.runApart();
            } finally {
              handlers.decrementAndGet();
            }
          });
      return true;
    } catch (RejectedExecutionException e) {
      handlers.decrementAndGet();
      return false;
    }
  }

  /** Whether a handler runs, though its peer may have gone. */
  public boolean areHandling() {
    return handlers.get() > 0;
  }

  /** Whether anything runs on these threads; what the user's executor runs is not known. */
  public boolean areRunning() {
    return own.getActiveCount() > 0;
  }

  /** A handler that began on the thread that reads now counts among those that run. */
  void promoted() {
    handlers.incrementAndGet();
  }

  /** A handler that was promoted has ended. */
  void promotedEnded() {
    handlers.decrementAndGet();
  }

  /** Runs what hangs on a reply: on the thread that read it, if that may be, or else on another. */
  void callBack(Connection connection, UserCode callbacks) {
    if (borrowed != null) {
      execute(callbacks);
    } else if (!callbackPace.isQuick()) {
      execute(
          () -> {
            long began = System.nanoTime();
            callbacks.run();
            callbackPace.ran(System.nanoTime() - began);
          });
    } else if (!connection.defer(callbacks)) {
      execute(callbacks);
    }
  }

  /** What hangs on some reply has held the reading up. */
  void callbackPromoted() {
    callbackPace.heldUp();
  }

  /** Runs what must run: on this thread if the executor takes no more. */
  public void execute(Runnable task) {
    try {
      executor.execute(task);
    } catch (RejectedExecutionException e) {
      task.run();
    }
  }

  private void executeApart(Runnable task) {
    try {
      own.execute(task);
    } catch (RejectedExecutionException e) {
      task.run();
    }
  }

  /** Ends the pool's threads once they are idle; running handlers go on. */
  @Override
  public void close() {
    own.shutdown();
    if (borrowed != null) {
      borrowed.close();
    }
  }
}
