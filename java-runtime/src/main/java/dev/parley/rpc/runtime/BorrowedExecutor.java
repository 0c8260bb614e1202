package dev.parley.rpc.runtime;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A user's executor, of which nothing is known: it may have one thread. So that handlers which wait
 * for one another, through their peers or otherwise, never wait for a thread, a task that it has
 * not begun after {@link #PATIENCE_NANOS} is run on a thread of ours if all those that run tasks of
 * ours sleep: in a call, a lock, or wherever else. If there are none, something else keeps the
 * executor busy, and it gets {@link #LONG_PATIENCE_NANOS}. Safe for use by many threads.
 *
 * <p>So an executor bounds how many handlers run, not how many wait. It also never gets the thread
 * that reads: a task that it runs on the thread that hands it over moves on as well.
 */
final class BorrowedExecutor implements Executor, AutoCloseable {
  /** How long a task waits before somebody looks why. */
  static final long PATIENCE_NANOS = 5_000_000L;

  /** How long it waits for an executor that runs nothing of ours. */
  static final long LONG_PATIENCE_NANOS = 500_000_000L;

  private final Executor executor;
  private final Executor spare;
  private final Executor later;
  private final BorrowedThreads threads;

  // Guarded by this.
  /** Handed over and not begun, in that order. */
  private final LinkedHashSet<Task> waiting = new LinkedHashSet<>();

  private boolean watched;

  /**
   * @param spare runs what the executor does not
   */
  BorrowedExecutor(Executor executor, Executor spare) {
    this.executor = executor;
    this.spare = spare;
    this.threads = BorrowedThreads.acquire(executor);
    // The JDK's own thread for delays looks, which takes a moment.
    this.later =
        CompletableFuture.delayedExecutor(PATIENCE_NANOS, TimeUnit.NANOSECONDS, Runnable::run);
  }

  /** One task; its fields are guarded by the executor. */
  private final class Task implements Runnable {
    private final Runnable body;
    private final long handedOverAt = System.nanoTime();
    private @Nullable Thread handingOver = Thread.currentThread();

    Task(Runnable body) {
      this.body = body;
    }

    /** By the user's executor. */
    @Override
    public void run() {
      boolean moves;
      synchronized (BorrowedExecutor.this) {
        if (!waiting.remove(this)) {
          return;
        }
        moves = handingOver == Thread.currentThread();
      }
      if (moves) {
        spare.execute(this::begin);
      } else {
        begin();
      }
    }

    /** By whoever took it out of those that wait. */
    void begin() {
      threads.enter();
      try {
        body.run();
      } finally {
        threads.leave();
      }
    }
  }

  @Override
  public void execute(Runnable body) {
    Task task = new Task(body);
    boolean watch;
    synchronized (this) {
      waiting.add(task);
      watch = !watched;
      watched = true;
    }
    if (watch) {
      later.execute(this::look);
    }
    try {
      executor.execute(task);
    } catch (RejectedExecutionException e) {
      boolean withdrawn;
      synchronized (this) {
        withdrawn = waiting.remove(task);
      }
      if (withdrawn) {
        throw e;
      }
    } finally {
      synchronized (this) {
        task.handingOver = null;
      }
    }
  }

  private void look() {
    Task relieved = null;
    synchronized (this) {
      Iterator<Task> first = waiting.iterator();
      if (!first.hasNext()) {
        watched = false;
        return;
      }
      Task oldest = first.next();
      long waited = System.nanoTime() - oldest.handedOverAt;
      boolean overdue =
          threads.none()
              ? waited >= LONG_PATIENCE_NANOS
              : waited >= PATIENCE_NANOS && threads.allSleep();
      if (overdue) {
        first.remove();
        relieved = oldest;
      }
    }
    later.execute(this::look);
    if (relieved != null) {
      spare.execute(relieved::begin);
    }
  }

  /** Gives the executor back to its user; what it has not begun it still may. */
  @Override
  public void close() {
    threads.release();
  }
}
