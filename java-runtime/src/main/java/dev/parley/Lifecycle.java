package dev.parley;

import dev.parley.rpc.Peer;
import dev.parley.rpc.Status;
import dev.parley.rpc.runtime.Workers;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tells the listeners of one client or server, one event at a time, on its workers. Safe for use by
 * many threads; telling never blocks and runs no user code.
 */
final class Lifecycle {
  private static final Logger LOG = System.getLogger("dev.parley");

  private final List<LifecycleListener> listeners;
  private final Workers workers;

  // Guarded by this.
  private final ArrayDeque<Consumer<LifecycleListener>> waiting = new ArrayDeque<>(2);
  private @Nullable Thread teller;
  private boolean running;

  Lifecycle(List<LifecycleListener> listeners, Workers workers) {
    this.listeners = List.copyOf(listeners);
    this.workers = workers;
  }

  void started() {
    tell(LifecycleListener::started);
  }

  void connected(Peer peer) {
    tell(listener -> listener.connected(peer));
  }

  void disconnected(Peer peer, Status reason, boolean willRetry) {
    tell(listener -> listener.disconnected(peer, reason, willRetry));
  }

  void failed(Throwable error) {
    tell(listener -> listener.failed(error));
  }

  void stopped() {
    tell(LifecycleListener::stopped);
  }

  private void tell(Consumer<LifecycleListener> event) {
    if (listeners.isEmpty()) {
      return;
    }
    synchronized (this) {
      waiting.add(event);
      if (running) {
        return;
      }
      running = true;
    }
    workers.execute(this::run);
  }

  private void run() {
    for (Consumer<LifecycleListener> event = next(); event != null; event = next()) {
      for (LifecycleListener listener : listeners) {
        try {
          event.accept(listener);
        } catch (RuntimeException | Error e) {
          LOG.log(Level.ERROR, "a lifecycle listener threw", e);
        }
      }
    }
  }

  private synchronized @Nullable Consumer<LifecycleListener> next() {
    Consumer<LifecycleListener> event = waiting.poll();
    running = event != null;
    teller = running ? Thread.currentThread() : null;
    if (!running) {
      notifyAll();
    }
    return event;
  }

  /** Waits until all events have been told; not if a listener asks. An interrupt is kept. */
  void awaitTold() {
    boolean interrupted = false;
    synchronized (this) {
      while (running && teller != Thread.currentThread()) {
        try {
          wait();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
