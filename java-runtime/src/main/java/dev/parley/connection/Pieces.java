package dev.parley.connection;

import dev.parley.wire.Envelope;
import dev.parley.wire.EnvelopeCodec;
import dev.parley.wire.Limits;

/**
 * A message that goes out in several frames (F-9): encoded once, and cut when a frame is about to
 * be written, so that calls take turns (F-10). Guarded by the connection's lock.
 */
final class Pieces {
  private final Encoded message;
  private int at;

  Pieces(Encoded message) {
    this.message = message;
  }

  /** The longest frame that a message is cut into for a peer that reads {@code maxFrame}. */
  static int frameLimit(int maxFrame) {
    return Math.min(maxFrame, Limits.FRAGMENT);
  }

  /** Whether a message fits one frame of that limit behind {@code header}. */
  static boolean fitsOne(Envelope header, int size, int limit) {
    return (long) EnvelopeCodec.headerSize(header, size) + size <= limit;
  }

  /** Whether a part of the message has been appended, so that the next frame is a continuation. */
  boolean begun() {
    return at > 0;
  }

  /**
   * Appends the next frame.
   *
   * @param header what that frame carries besides: of the first one everything, of a continuation
   *     id and type
   * @return the bytes of the message that it took, negative if they were not the last ones
   */
  int append(Outbox outbox, Envelope header, int limit) {
    int left = message.size - at;
    boolean last = fitsOne(header, left, limit);
    int taken = left;
    if (!last) {
      header.more(true);
      taken = Math.min(left, limit) - EnvelopeCodec.headerSize(header, limit);
    }
    outbox.append(header.payload(message.bytes, at, taken));
    at += taken;
    if (last) {
      message.release();
    }
    return last ? taken : -taken;
  }
}
