package dev.parley.rpc.runtime;

import dev.parley.connection.Timers;
import java.lang.Thread.State;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A user's executor, of which nothing is known: it may have one thread. So that handlers which wait
 * for one another, through their peers or otherwise, never wait for a thread, a task that it has
 * not begun after {@link #PATIENCE_NANOS} is run on a thread of ours if all those that run tasks of
 * ours sleep: in a call, a lock, or wherever else. Safe for use by many threads.
 *
 * <p>So an executor bounds how many handlers run, not how many wait. It also never gets the thread
 * that reads: a task that it runs on the thread that hands it over moves on as well.
 */
final class BorrowedExecutor implements Executor {
  /** How long a task waits before somebody looks why. */
  static final long PATIENCE_NANOS = 5_000_000L;

  private final Executor executor;
  private final Executor spare;
  private final Timers timers;

  // Guarded by this.
  /** Handed over and not begun, in that order. */
  private final LinkedHashSet<Task> waiting = new LinkedHashSet<>();

  private final Set<Task> running = new HashSet<>();
  private boolean watched;

  /**
   * @param spare runs what the executor does not
   */
  BorrowedExecutor(Executor executor, Executor spare, Timers timers) {
    this.executor = executor;
    this.spare = spare;
    this.timers = timers;
  }

  /** One task; its fields are guarded by the executor. */
  private final class Task implements Runnable {
    private final Runnable body;
    private final long handedOverAt = timers.now();
    private @Nullable Thread handingOver = Thread.currentThread();
    private @Nullable Thread thread;

    Task(Runnable body) {
      this.body = body;
    }

    /** By the user's executor. */
    @Override
    public void run() {
      boolean moves;
      synchronized (BorrowedExecutor.this) {
        moves = handingOver == Thread.currentThread() && waiting.remove(this);
      }
      if (moves) {
        spare.execute(this::runMoved);
      } else {
        begin(true);
      }
    }

    /** By a thread of ours, which took it out of those that wait. */
    void runMoved() {
      begin(false);
    }

    private void begin(boolean mustWait) {
      synchronized (BorrowedExecutor.this) {
        if (mustWait && !waiting.remove(this)) {
          return;
        }
        thread = Thread.currentThread();
        running.add(this);
      }
      try {
        body.run();
      } finally {
        synchronized (BorrowedExecutor.this) {
          running.remove(this);
        }
      }
    }

    private boolean sleeps() {
      State state = thread == null ? State.NEW : thread.getState();
      return state == State.WAITING || state == State.TIMED_WAITING || state == State.BLOCKED;
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
      watch();
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

  private void watch() {
    timers.at(timers.now() + PATIENCE_NANOS, this::look);
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
      if (timers.now() - oldest.handedOverAt >= PATIENCE_NANOS
          && !running.isEmpty()
          && running.stream().allMatch(Task::sleeps)) {
        first.remove();
        relieved = oldest;
      }
    }
    watch();
    if (relieved != null) {
      spare.execute(relieved::runMoved);
    }
  }
}
