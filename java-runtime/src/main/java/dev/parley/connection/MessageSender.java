package dev.parley.connection;

import com.google.protobuf.MessageLite;
import dev.parley.wire.Envelope;
import dev.parley.wire.FrameType;
import dev.parley.wire.Limits;
import org.jspecify.annotations.Nullable;

/**
 * The messages that one side of a call sends: its window (W-1, W-2), and the one message that may
 * be on its way into the outbox. Guarded by the connection's lock.
 *
 * <p>A message may be begun while the window is above 0 and none is on its way, and is then
 * finished; so a sender holds its receiver's window and one message, never more.
 */
final class MessageSender implements Outbox.Waiting {
  private final Outbox outbox;
  private final Runnable roomListener;
  private final long id;
  private final int limit;
  private final boolean counted;
  private long window;
  private @Nullable Pieces pieces;

  // What the first frame of the message that is on its way carries besides.
  private String sentBy = "";
  private long missed;

  private boolean refused;
  private boolean over;

  /** What is appended behind the message that is on its way: END. */
  private boolean endWaits;

  /**
   * @param window the receiver's
   * @param limit the longest frame
   * @param roomListener told, without the lock, when an offer may succeed that did not, and when
   *     the sender is over
   */
  MessageSender(Outbox outbox, long id, long window, int limit, Runnable roomListener) {
    this.outbox = outbox;
    this.id = id;
    this.limit = limit;
    this.window = window;
    this.counted = window < Limits.UNLIMITED_WINDOW;
    this.roomListener = roomListener;
  }

  /** Whether a message may be begun now. */
  boolean hasRoom() {
    return !over && pieces == null && window > 0;
  }

  /**
   * Begins a message if that is allowed now.
   *
   * @param early the message as bytes, if it was encoded before
   */
  Offer offer(MessageLite message, int size, @Nullable Encoded early) {
    return offer(message, size, early, "", 0);
  }

  /**
   * As {@link #offer(MessageLite, int, Encoded)}, of a topic.
   *
   * @param sentBy who published it, or ""
   * @param missed how many were dropped just before
   */
  Offer offer(MessageLite message, int size, @Nullable Encoded early, String sentBy, long missed) {
    if (over) {
      return Offer.OVER;
    }
    if (!hasRoom()) {
      refused = true;
      return Offer.NO_ROOM;
    }
    Envelope header = header().sentBy(sentBy).missed(missed);
    if (outbox.hasRoom() && Pieces.fitsOne(header, size, limit)) {
      outbox.append(header, message, size);
      spend(size);
    } else {
      pieces = new Pieces(early != null ? early : outbox.encode(message, size));
      this.sentBy = sentBy;
      this.missed = missed;
      outbox.await(this);
    }
    return Offer.TAKEN;
  }

  /** Whether a message is still on its way into the outbox. */
  boolean busy() {
    return pieces != null;
  }

  /** Half-closes behind the message that is on its way. */
  void end() {
    if (over) {
      return;
    }
    over = true;
    if (pieces == null) {
      appendEnd();
    } else {
      endWaits = true;
    }
  }

  /** Nothing more is sent; a message that is on its way stays a fragment. */
  void stop() {
    over = true;
    endWaits = false;
    if (pieces != null) {
      pieces = null;
      outbox.withdraw(this);
    }
    tellRoom();
  }

  /** The receiver has room for {@code bytes} more (W-3). */
  void grant(long bytes) {
    if (!counted) {
      return;
    }
    window = window > Long.MAX_VALUE - bytes ? Long.MAX_VALUE : window + bytes;
    if (window > 0 && pieces == null) {
      tellRoom();
    }
  }

  @Override
  public boolean stage() {
    Pieces sending = pieces;
    if (sending == null) {
      return false;
    }
    Envelope header = header();
    if (!sending.begun()) {
      header.sentBy(sentBy).missed(missed);
    }
    int taken = sending.append(outbox, header, limit);
    spend(Math.abs(taken));
    if (taken < 0) {
      return true;
    }
    pieces = null;
    if (endWaits) {
      appendEnd();
    }
    if (window > 0) {
      tellRoom();
    }
    return false;
  }

  private Envelope header() {
    return outbox.header().type(FrameType.MESSAGE).id(id);
  }

  private void spend(int payload) {
    if (counted) {
      window -= (long) payload + Limits.FRAME_COST;
    }
  }

  private void appendEnd() {
    endWaits = false;
    outbox.append(outbox.header().type(FrameType.END).id(id));
  }

  private void tellRoom() {
    if (refused) {
      refused = false;
      outbox.later(roomListener);
    }
  }
}
