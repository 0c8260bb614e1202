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

  private final ConnectedPeer peer;
  private final Workers workers;

  // Guarded by this.
  private final ArrayDeque<Arrived<?>> waiting = new ArrayDeque<>();
  private long waitingBytes;
  private boolean running;
  private long drops;

  EventLane(ConnectedPeer peer, Workers workers) {
    this.peer = peer;
    this.workers = workers;
  }

  /** An event that waits for its handler. */
  private record Arrived<E extends MessageLite>(
      Peer peer, String name, E event, EventHandler<E> handler, Metadata metadata, int bytes)
      implements EventContext {
    void handle() throws Exception {
      handler.handle(event, this);
    }
  }

  <E extends MessageLite> void add(
      Services.EventBinding<E> binding, E event, int bytes, Metadata metadata) {
    long cost = (long) bytes + Limits.FRAME_COST;
    boolean start;
    boolean dropped;
    synchronized (this) {
      if (waitingBytes + cost > ROOM && !waiting.isEmpty()) {
        drop(binding.name(), "W-6: " + waitingBytes + " bytes of events wait for their handlers");
        start = false;
        dropped = true;
      } else {
        waitingBytes += cost;
        waiting.add(new Arrived<>(peer, binding.name(), event, binding.handler(), metadata, bytes));
        start = !running;
        running = true;
        dropped = false;
      }
    }
    if (dropped) {
      peer.connection().eventConsumed(bytes);
    } else if (start) {
      workers.execute(this::run);
    }
  }

  /** Counts an event that nobody gets, and says so each time the count doubles. */
  synchronized void drop(String name, String why) {
    drops++;
    if (Long.bitCount(drops) == 1) {
      LOG.log(
          Level.WARNING,
          "event {0} of {1} dropped, {2} so far; {3}",
          name,
          peer.name(),
          drops,
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
      peer.connection().eventConsumed(event.bytes());
    }
  }

  private synchronized @Nullable Arrived<?> next() {
    Arrived<?> event = waiting.poll();
    if (event == null) {
      running = false;
    } else {
      waitingBytes -= (long) event.bytes() + Limits.FRAME_COST;
    }
    return event;
  }
}
