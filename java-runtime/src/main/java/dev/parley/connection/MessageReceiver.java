package dev.parley.connection;

import dev.parley.v1.Status;
import dev.parley.wire.Envelope;
import dev.parley.wire.FrameType;
import dev.parley.wire.WireException;
import org.jspecify.annotations.Nullable;

/**
 * The messages that one side of a call receives: what its peer may still send, the fragments that
 * have come, the messages that the application has not consumed. Guarded by the connection's lock.
 */
final class MessageReceiver {
  private final Outbox outbox;
  private final HeldBytes heldBytes;
  private final long id;
  private final long maxMessage;
  private final ReceiveWindow window;
  private @Nullable Assembly assembly;
  private long cost;

  // Of the first fragment (F-9).
  private String sentBy = "";
  private long missed;
  private long held;
  private int waiting;
  private boolean ended;

  MessageReceiver(Outbox outbox, HeldBytes heldBytes, long id, long window, long maxMessage) {
    this.outbox = outbox;
    this.heldBytes = heldBytes;
    this.id = id;
    this.maxMessage = maxMessage;
    this.window = new ReceiveWindow(window);
  }

  /** Whether fragments have come of a message whose rest has not. */
  boolean midMessage() {
    return assembly != null;
  }

  /**
   * Takes a MESSAGE. When it is whole, {@code frame} carries all of it and {@link #cost} says what
   * it has cost.
   *
   * @return null, or why the call must fail
   */
  @Nullable Status arrived(Envelope frame) throws WireException {
    boolean begins = cost == 0;
    if (begins && frame.more()) {
      sentBy = frame.sentBy();
      missed = frame.missed();
    }
    cost += window.arrived(frame.payloadLength(), begins, "a MESSAGE of call " + id);
    if (assembly == null && frame.more()) {
      assembly = new Assembly("message", maxMessage, heldBytes);
    }
    Status fault;
    if (assembly != null) {
      fault = assembly.add(frame);
    } else {
      fault =
          frame.payloadLength() > maxMessage
              ? Faults.tooLarge("message", frame.payloadLength(), maxMessage)
              : null;
    }
    if (fault != null || frame.more()) {
      return fault;
    }
    if (assembly != null) {
      assembly.finish(frame);
      assembly = null;
      frame.sentBy(sentBy).missed(missed);
    }
    fault = heldBytes.take(cost);
    if (fault == null) {
      held += cost;
      waiting++;
    }
    return fault;
  }

  /** What the message that has just become whole has cost; asked once. */
  long cost() {
    long whole = cost;
    cost = 0;
    return whole;
  }

  /**
   * The application has consumed a message, or dropped it: its sender may get room for more.
   *
   * @return whether it has, so that there is something to write
   */
  boolean consumed(long cost) {
    if (ended) {
      return false;
    }
    held -= cost;
    heldBytes.give(cost);
    waiting--;
    long grant = window.consumed(cost, waiting == 0);
    if (grant > 0) {
      outbox.append(outbox.header().type(FrameType.CREDIT).id(id).credit(grant));
    }
    return grant > 0;
  }

  /** No more messages come; those that wait are the application's own affair now. */
  void end() {
    if (ended) {
      return;
    }
    ended = true;
    heldBytes.give(held);
    if (assembly != null) {
      assembly.drop();
      assembly = null;
    }
  }
}
