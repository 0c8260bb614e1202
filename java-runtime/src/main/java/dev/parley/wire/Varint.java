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

  /** Reads a number, of up to 10 bytes; what is above 64 bits is dropped, as protobuf does. */
  static long read(byte[] in, int at, int to, Cursor end) throws WireException {
    return read(in, at, to, 10, end);
  }

  /** Reads a tag or a length, of up to 5 bytes, which hold 35 bits. */
  static long readShort(byte[] in, int at, int to, Cursor end) throws WireException {
    return read(in, at, to, 5, end);
  }

  private static long read(byte[] in, int at, int to, int most, Cursor end) throws WireException {
    long value = 0;
    for (int i = 0; i < most; i++) {
      if (at >= to) {
        throw new WireException("F-5", Code.INTERNAL, "the envelope ends inside a varint");
      }
      byte b = in[at++];
      value |= (b & 0x7fL) << (7 * i);
      if (b >= 0) {
        end.at = at;
        return value;
      }
    }
    throw new WireException(
        "F-5",
        Code.INTERNAL,
        (most == 5 ? "a tag or length" : "a number") + " has more than " + most + " bytes");
  }
}
