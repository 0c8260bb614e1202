package dev.parley.connection;

import dev.parley.transport.Poller;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The threads that sleep until one thing is over. Who waits links in first and looks at the thing
 * after; who ends the thing sets its end first and wakes after: so neither can miss the other. Safe
 * for use by many threads.
 */
public class Waiters {
  private volatile @Nullable Waiter first;

  /** One thread that sleeps: in a park, or in a poll. */
  static final class Waiter {
    private final Thread thread;
    private final @Nullable Poller poller;
    private @Nullable Waiter next;

    Waiter(@Nullable Poller poller) {
      this.thread = Thread.currentThread();
      this.poller = poller;
    }

    void wake() {
      if (poller != null) {
        poller.wakeup();
      } else {
        LockSupport.unpark(thread);
      }
    }
  }

  protected Waiters() {}

  /** This thread is about to look, and then to sleep. */
  final synchronized void link(Waiter waiter) {
    waiter.next = first;
    first = waiter;
  }

  /** It sleeps no more. */
  final synchronized void unlink(Waiter waiter) {
    Waiter before = null;
    for (Waiter each = first; each != null; each = each.next) {
      if (each != waiter) {
        before = each;
      } else if (before == null) {
        first = each.next;
      } else {
        before.next = each.next;
      }
    }
  }

  /** Has all that sleep look again. */
  public final void wake() {
    if (first != null) {
      wakeAll();
    }
  }

  private synchronized void wakeAll() {
    for (Waiter waiter = first; waiter != null; waiter = waiter.next) {
      waiter.wake();
    }
  }
}
