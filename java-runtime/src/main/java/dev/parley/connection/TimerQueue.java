package dev.parley.connection;

import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Tasks in the order of their times. Safe for use by many threads; tasks run outside its lock.
 *
 * <p>A cancelled task stays in the heap as an empty shell until its time comes or until shells are
 * the larger part, so that cancelling costs next to nothing.
 */
final class TimerQueue {
  private final PriorityQueue<Entry> heap =
      new PriorityQueue<>((a, b) -> Long.compare(a.nanos - b.nanos, 0));
  private int cancelled;

  /** One task; its fields are guarded by the queue. */
  private final class Entry implements Timers.Timer {
    private final long nanos;
    private @Nullable Runnable task;

    Entry(long nanos, Runnable task) {
      this.nanos = nanos;
      this.task = task;
    }

    @Override
    public void cancel() {
      synchronized (TimerQueue.this) {
        if (task == null) {
          return;
        }
        task = null;
        cancelled++;
        if (cancelled > 64 && cancelled > heap.size() / 2) {
          heap.removeIf(entry -> entry.task == null);
          cancelled = 0;
        }
      }
    }
  }

  /** Adds a task. */
  synchronized Timers.Timer add(long nanos, Runnable task) {
    Entry entry = new Entry(nanos, task);
    heap.add(entry);
    return entry;
  }

  /** How long until the next task, in nanoseconds: 0 if one is due, negative if there is none. */
  synchronized long untilNext(long now) {
    dropShells();
    Entry first = heap.peek();
    return first == null ? -1 : Math.max(0, first.nanos - now);
  }

  /** Runs what is due. */
  void runDue(long now) {
    for (Runnable task = takeDue(now); task != null; task = takeDue(now)) {
      task.run();
    }
  }

  private synchronized @Nullable Runnable takeDue(long now) {
    dropShells();
    Entry first = heap.peek();
    if (first == null || first.nanos - now > 0) {
      return null;
    }
    heap.poll();
    Runnable task = first.task;
    first.task = null;
    return task;
  }

  private void dropShells() {
    for (Entry first = heap.peek(); first != null && first.task == null; first = heap.peek()) {
      heap.poll();
      cancelled = Math.max(0, cancelled - 1);
    }
  }
}
