package dev.parley;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the JVM alive as long as a client is needed: its own threads are daemons.
 *
 * <p>One thread for all clients, which costs nothing while the program has threads of its own: it
 * waits for their ends, and looks at the clients after that.
 */
final class AliveKeeper {
  private static final long LOOK_MILLIS = 10;

  /**
   * How often in a row no client is needed before the JVM may end: a reply that was read is for a
   * moment neither a call in flight nor yet what hangs on it.
   */
  private static final int LOOKS = 3;

  // Guarded by the class.
  private static final Set<Client> CLIENTS = new HashSet<>();
  private static @Nullable Thread keeper;

  private AliveKeeper() {}

  /** Looks after a client. */
  static synchronized void add(Client client) {
    CLIENTS.add(client);
    if (keeper == null) {
      Thread thread = new Thread(AliveKeeper::run, "parley-keep-alive");
      thread.setDaemon(false);
      keeper = thread;
      thread.start();
    }
  }

  /** A client has ended. */
  static synchronized void remove(Client client) {
    CLIENTS.remove(client);
    Thread thread = keeper;
    if (CLIENTS.isEmpty() && thread != null) {
      keeper = null;
      thread.interrupt();
    }
  }

  private static void run() {
    int unneeded = 0;
    while (isWanted()) {
      try {
        Thread other = otherThread();
        if (other != null) {
          other.join();
        } else {
          unneeded = isAnyNeeded() ? 0 : unneeded + 1;
          if (unneeded == LOOKS) {
            retire();
            return; // The JVM may end now.
          }
          Thread.sleep(LOOK_MILLIS);
        }
      } catch (InterruptedException e) {
        // Asked to look whether it is wanted.
      }
    }
  }

  private static synchronized boolean isWanted() {
    return keeper == Thread.currentThread();
  }

  private static synchronized void retire() {
    if (keeper == Thread.currentThread()) {
      keeper = null;
    }
  }

  private static boolean isAnyNeeded() {
    List<Client> all;
    synchronized (AliveKeeper.class) {
      all = new ArrayList<>(CLIENTS);
    }
    return all.stream().anyMatch(Client::keepsAlive);
  }

  /** A thread that keeps the JVM alive beside this one; null: there is none. */
  private static @Nullable Thread otherThread() {
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (!thread.isDaemon()
          && thread != Thread.currentThread()
          && !thread.getName().equals("DestroyJavaVM")) {
        return thread;
      }
    }
    return null;
  }
}
