package dev.parley.connection;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The threads that sleep in a poller while they wait for a connection. To the JVM such a thread
 * runs. Safe for use by many threads.
 */
public final class SleepingThreads {
  private static final Set<Thread> ALL = ConcurrentHashMap.newKeySet();

  private SleepingThreads() {}

  static void enter() {
    ALL.add(Thread.currentThread());
  }

  static void leave() {
    ALL.remove(Thread.currentThread());
  }

  /** Whether that thread sleeps so just now. */
  public static boolean contains(Thread thread) {
    return ALL.contains(thread);
  }
}
