package dev.parley.connection;

import dev.parley.v1.Status;
import dev.parley.wire.Envelope;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A message that is put together from the fragments that have come (F-9). Its buffer grows with the
 * bytes that are there, never to a length that is claimed. Guarded by the connection's lock.
 */
final class Assembly {
  private static final int LEAST = 8 * 1024;
  private static final int GROWTH = 4;
  private static final byte[] NONE = {};

  private final String what;
  private final long limit;
  private final HeldBytes heldBytes;
  private byte[] bytes;
  private int length;

  /**
   * @param what is put together, for messages to people
   * @param limit the longest message that is taken
   */
  Assembly(String what, long limit, HeldBytes heldBytes) {
    this.what = what;
    this.limit = limit;
    this.heldBytes = heldBytes;
    this.bytes = heldBytes.spare.take(LEAST);
  }

  /**
   * Adds a fragment.
   *
   * @return null, or why the message cannot be taken (C-11)
   */
  @Nullable Status add(Envelope fragment) {
    long whole = (long) length + fragment.payloadLength();
    if (whole > Math.min(limit, Integer.MAX_VALUE - 8)) {
      return Faults.tooLarge(what, whole, limit);
    }
    Status full = heldBytes.take(fragment.payloadLength());
    if (full != null) {
      return full;
    }
    if (whole > bytes.length) {
      long grown = Math.min((long) bytes.length * GROWTH, Math.min(limit, Integer.MAX_VALUE - 8));
      bytes = Arrays.copyOf(bytes, (int) Math.max(whole, grown));
    }
    System.arraycopy(
        fragment.payloadArray(), fragment.payloadOffset(), bytes, length, fragment.payloadLength());
    length = (int) whole;
    return null;
  }

  /**
   * Makes the envelope of the last fragment that of the whole message; nothing is held then, and
   * the bytes are valid until the next message is begun.
   */
  void finish(Envelope last) {
    last.payload(bytes, 0, length);
    drop();
  }

  /** Nothing is held any more. */
  void drop() {
    heldBytes.give(length);
    length = 0;
    heldBytes.spare.give(bytes);
    bytes = NONE;
  }
}
