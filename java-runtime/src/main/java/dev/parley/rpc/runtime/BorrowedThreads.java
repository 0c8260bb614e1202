package dev.parley.rpc.runtime;

import dev.parley.connection.SleepingThreads;
import java.lang.Thread.State;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.concurrent.Executor;

/**
 * The threads that one executor of a user's gives to tasks of ours, of all servers and clients that
 * were given that executor: they may wait for one another. Safe for use by many threads.
 */
final class BorrowedThreads {
  private static final IdentityHashMap<Executor, BorrowedThreads> ALL = new IdentityHashMap<>();

  private final Executor executor;

  /** How many have acquired this; guarded by ALL. */
  private int users;

  /** How many tasks each thread runs, one inside the other; guarded by this. */
  private final Map<Thread, Integer> running = new HashMap<>();

  private BorrowedThreads(Executor executor) {
    this.executor = executor;
  }

  /** Those of {@code executor}, to be given back by {@link #release}. */
  static BorrowedThreads acquire(Executor executor) {
    synchronized (ALL) {
      BorrowedThreads threads = ALL.computeIfAbsent(executor, BorrowedThreads::new);
      threads.users++;
      return threads;
    }
  }

  void release() {
    synchronized (ALL) {
      if (--users == 0) {
        ALL.remove(executor);
      }
    }
  }

  /** This thread runs a task of ours from now on. */
  synchronized void enter() {
    running.merge(Thread.currentThread(), 1, Integer::sum);
  }

  /** This thread has run a task of ours. */
  synchronized void leave() {
    running.computeIfPresent(
        Thread.currentThread(), (thread, tasks) -> tasks == 1 ? null : tasks - 1);
  }

  synchronized boolean none() {
    return running.isEmpty();
  }

  /** Whether each of them waits, for whatever: a call, a lock, the time. */
  synchronized boolean allSleep() {
    return running.keySet().stream().allMatch(BorrowedThreads::sleeps);
  }

  private static boolean sleeps(Thread thread) {
    State state = thread.getState();
    return state == State.WAITING
        || state == State.TIMED_WAITING
        || state == State.BLOCKED
        || SleepingThreads.contains(thread);
  }
}
