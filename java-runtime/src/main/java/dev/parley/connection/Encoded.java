package dev.parley.connection;

import com.google.protobuf.MessageLite;
import dev.parley.wire.Limits;

/**
 * A message as bytes, for the frames that it is cut into. Encoding a long one takes a while, so
 * that is done before the connection's lock is taken, by the thread that sends it.
 */
final class Encoded {
  /** From so many bytes on, which fit no frame, a message is encoded before the lock is taken. */
  static final int LONG = Limits.FRAGMENT;

  private final SpareArray spare;
  final byte[] bytes;
  final int size;

  private Encoded(SpareArray spare, byte[] bytes, int size) {
    this.spare = spare;
    this.bytes = bytes;
    this.size = size;
  }

  /** Encodes a message of that size now. */
  static Encoded now(SpareArray spare, MessageLite message, int size) {
    byte[] bytes = spare.take(size);
    MessageEncoder.encodeWhole(message, size, bytes, 0);
    return new Encoded(spare, bytes, size);
  }

  /** Nobody looks at the bytes any more. */
  void release() {
    spare.give(bytes);
  }
}
