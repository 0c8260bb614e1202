package dev.parley.connection;

import dev.parley.v1.Code;
import dev.parley.v1.Status;
import dev.parley.wire.Envelope;
import dev.parley.wire.FrameType;
import dev.parley.wire.Limits;
import dev.parley.wire.WireException;
import org.jspecify.annotations.Nullable;

/**
 * What may be sent as events, each way: all events of one direction share one window (W-5). Below
 * level 2 nothing is counted (W-6), and the room in the outbox bounds what is sent.
 */
final class EventWindows {
  private final Object lock;
  private final Outbox outbox;

  // Guarded by the lock.
  private final ReceiveWindow receiving;
  private long sending;
  private boolean counted;
  private int waiting;

  EventWindows(Object lock, Outbox outbox, long window) {
    this.lock = lock;
    this.outbox = outbox;
    this.receiving = new ReceiveWindow(window);
  }

  /** Under the lock. */
  void open(Handshake.Agreed peer) {
    counted = peer.streams();
    sending = peer.window();
  }

  /**
   * Takes an event's cost from the peer's window; null, or why it may not be sent. Under the lock.
   */
  @Nullable Status take(int payload) {
    if (!counted) {
      return outbox.hasRoom()
          ? null
          : Faults.of(
              Code.RESOURCE_EXHAUSTED,
              "W-5: " + Outbox.ROOM + " bytes wait to be written; the event was not sent");
    }
    if (sending <= 0) {
      return Faults.of(
          Code.RESOURCE_EXHAUSTED,
          "W-5: the peer has no room for more events now; the event was not sent");
    }
    if (sending < Limits.UNLIMITED_WINDOW) {
      sending -= (long) payload + Limits.FRAME_COST;
    }
    return null;
  }

  /** The peer has room for more. */
  void credit(long bytes) {
    synchronized (lock) {
      sending = sending > Long.MAX_VALUE - bytes ? Long.MAX_VALUE : sending + bytes;
    }
  }

  /** An event has come. */
  void arrived(Envelope event) throws WireException {
    synchronized (lock) {
      if (counted) {
        receiving.arrived(event.payloadLength(), true, "an EVENT");
        waiting++;
      }
    }
  }

  /** An event has been handled or dropped. The caller flushes. */
  void consumed(int payload) {
    synchronized (lock) {
      if (!counted) {
        return;
      }
      waiting--;
      long grant = receiving.consumed((long) payload + Limits.FRAME_COST, waiting == 0);
      if (grant > 0) {
        outbox.append(outbox.header().type(FrameType.CREDIT).credit(grant));
      }
    }
  }
}
