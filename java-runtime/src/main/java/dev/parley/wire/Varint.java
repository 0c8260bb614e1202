package dev.parley.wire;

import dev.parley.v1.Code;

/** Protobuf's variable-length integers: seven bits a byte, the lowest first. */
final class Varint {
  private Varint() {}

  /** Where a read that took more than one byte has ended. */
  static final class Cursor {
    int at;
  }

  /** How many bytes {@code value} takes: 1 to 10. */
  static int size(long value) {
    return (Long.SIZE - Long.numberOfLeadingZeros(value | 1) + 6) / 7;
  }

  /** Writes {@code value} and returns the position behind it. */
  static int write(long value, byte[] out, int at) {
    while ((value & ~0x7fL) != 0) {
      out[at++] = (byte) (value | 0x80);
      value >>>= 7;
    }
    out[at++] = (byte) value;
    return at;
  }

  /**
   * Reads a value of up to 10 bytes; what is above 64 bits is dropped, as protobuf does.
   *
   * @param end left behind the value
   */
  static long read(byte[] in, int at, int to, Cursor end) throws WireException {
    long value = 0;
    for (int shift = 0; shift < 70; shift += 7) {
      if (at >= to) {
        throw new WireException("F-5", Code.INTERNAL, "the envelope ends inside a varint");
      }
      byte b = in[at++];
      value |= (b & 0x7fL) << shift;
      if (b >= 0) {
        end.at = at;
        return value;
      }
    }
    throw new WireException("F-5", Code.INTERNAL, "a varint has more than 10 bytes");
  }

  /** Reads a field's tag, of up to 5 bytes; bits above 32 are dropped, as protobuf does. */
  static int readTag(byte[] in, int at, int to, Cursor end) throws WireException {
    int value = 0;
    for (int shift = 0; shift < 35; shift += 7) {
      if (at >= to) {
        throw new WireException("F-5", Code.INTERNAL, "the envelope ends inside a tag");
      }
      byte b = in[at++];
      value |= (b & 0x7f) << shift;
      if (b >= 0) {
        end.at = at;
        return value;
      }
    }
    throw new WireException("F-5", Code.INTERNAL, "a tag has more than 5 bytes");
  }
}
