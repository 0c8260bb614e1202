package dev.parley.rpc.runtime;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who wants to know that nobody waits for a call any more. Safe for use by many threads. */
final class CancelListeners {
  private static final Logger LOG = System.getLogger("dev.parley.rpc");

  // Guarded by this.
  private @Nullable List<Runnable> listeners;
  private boolean stopped;

  /** Which thread is interrupted when the call is stopped; set by that thread. */
  private @Nullable Thread armed;

  /** Nobody waits any more; gives those to tell of it. */
  synchronized List<Runnable> stop() {
    stopped = true;
    List<Runnable> now = listeners == null ? List.of() : listeners;
    listeners = null;
    if (armed != null) {
      armed.interrupt();
    }
    return now;
  }

  /** Whether {@code listener} will be told; if not, it is too late, and to be told now. */
  synchronized boolean add(Runnable listener) {
    if (stopped) {
      return false;
    }
    if (listeners == null) {
      listeners = new ArrayList<>();
    }
    listeners.add(listener);
    return true;
  }

  /** This thread is to be interrupted. */
  synchronized void arm() {
    armed = Thread.currentThread();
    if (stopped) {
      armed.interrupt();
    }
  }

  /** The handler has returned: no interrupt may hit what its thread does next. */
  void disarm() {
    if (armed == null) {
      return;
    }
    synchronized (this) {
      armed = null;
    }
    Thread.interrupted();
  }

  /** Tells one on a worker. */
  static void tell(Workers workers, String method, Runnable listener) {
    workers.execute(
        () -> {
          try {
            listener.run();
          } catch (RuntimeException | Error e) {
            LOG.log(Level.ERROR, "a cancel listener of " + method + " threw", e);
          }
        });
  }
}
