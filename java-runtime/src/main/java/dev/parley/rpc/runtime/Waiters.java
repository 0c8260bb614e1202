package dev.parley.rpc.runtime;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The threads that wait for one call. Who waits links in first and looks for the end after; who
 * ends the call sets the end first and wakes after: so neither can miss the other.
 */
final class Waiters {
  private volatile @Nullable Waiter first;

  private record Waiter(Thread thread, @Nullable Waiter next) {}

  /** This thread is about to look, and then to park. */
  synchronized void link() {
    first = new Waiter(Thread.currentThread(), first);
  }

  /** This thread waits no more; once for each {@link #link}. */
  synchronized void unlink() {
    Waiter rest = null;
    boolean found = false;
    for (Waiter waiter = first; waiter != null; waiter = waiter.next) {
      if (!found && waiter.thread == Thread.currentThread()) {
        found = true;
      } else {
        rest = new Waiter(waiter.thread, rest);
      }
    }
    first = rest;
  }

  /** Has all that wait look again. */
  void wake() {
    for (Waiter waiter = first; waiter != null; waiter = waiter.next) {
      LockSupport.unpark(waiter.thread);
    }
  }
}
