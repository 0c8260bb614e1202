package dev.parley.rpc.runtime;

import com.google.protobuf.MessageLite;
import dev.parley.rpc.EventContext;
import dev.parley.rpc.EventHandler;
import dev.parley.rpc.Metadata;
import dev.parley.rpc.Peer;
import dev.parley.wire.Limits;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Hands one peer's events to their handlers: one at a time, in order, on a worker (E-1).
 *
 * <p>Safe for use by many threads. Bounded: what comes while {@link #ROOM} bytes wait is dropped
 * and counted (W-6).
 */
final class EventLane {
  /** The cost in bytes of the events that may wait. */
  static final long ROOM = 4L << 20;

  private static final Logger LOG = System.getLogger("dev.parley.rpc");

  private final Peer peer;
  private final Workers workers;

  // Guarded by this.
  private final ArrayDeque<Arrived<?>> waiting = new ArrayDeque<>();
  private long waitingBytes;
  private boolean running;
  private long dropped;

  EventLane(Peer peer, Workers workers) {
    this.peer = peer;
    this.workers = workers;
  }

  /** An event that waits for its handler. */
  private record Arrived<E extends MessageLite>(
      Peer peer, String name, E event, EventHandler<E> handler, Metadata metadata, long cost)
      implements EventContext {
    void handle() throws Exception {
      handler.handle(event, this);
    }
  }

  <E extends MessageLite> void add(
      Services.EventBinding<E> binding, E event, int bytes, Metadata metadata) {
    long cost = (long) bytes + Limits.FRAME_COST;
    boolean start;
    synchronized (this) {
      if (waitingBytes + cost > ROOM && !waiting.isEmpty()) {
        drop(binding.name(), "W-6: " + waitingBytes + " bytes of events wait for their handlers");
        return;
      }
      waitingBytes += cost;
      waiting.add(new Arrived<>(peer, binding.name(), event, binding.handler(), metadata, cost));
      start = !running;
      running = true;
    }
    if (start) {
      workers.execute(this::run);
    }
  }

  /** Counts an event that nobody gets, and says so each time the count doubles. */
  synchronized void drop(String name, String why) {
    dropped++;
    if (Long.bitCount(dropped) == 1) {
      LOG.log(
          Level.WARNING,
          "event {0} of {1} dropped, {2} so far; {3}",
          name,
          peer.name(),
          dropped,
          why);
    }
  }

  private void run() {
    for (Arrived<?> event = next(); event != null; event = next()) {
      try {
        event.handle();
      } catch (Exception | Error e) {
        LOG.log(Level.ERROR, "the handler of event " + event.name() + " threw", e);
      }
    }
  }

  private synchronized @Nullable Arrived<?> next() {
    Arrived<?> event = waiting.poll();
    if (event == null) {
      running = false;
    } else {
      waitingBytes -= event.cost();
    }
    return event;
  }
}
