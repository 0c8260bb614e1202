package dev.parley.wire;

import com.google.protobuf.ByteString;
import dev.parley.v1.Code;
import dev.parley.v1.Metadata;
import java.util.ArrayList;
import java.util.List;

/**
 * The coding of {@code parley.v1.Envelope}, by hand, because it stands in the way of every call.
 *
 * <p>Writing puts the fields in the order of their numbers and the payload last, so that whoever
 * has the payload elsewhere can write it straight behind the header. Reading takes what protobuf
 * takes, in any order (F-6), less what F-5 and F-7 to F-9 forbid; it copies no payload.
 *
 * <p>Nothing is allocated for a frame without metadata whose name has come lately.
 */
public final class EnvelopeCodec {
  private EnvelopeCodec() {}

  // Field numbers, and the tags that are written: number << 3 | wire type. All fit one byte.
  private static final int ID = 1;
  private static final int SENT_BY = 2;
  private static final int TYPE = 3;
  private static final int SUCCESS = 4;
  private static final int NAME = 5;
  private static final int TIMEOUT = 6;
  private static final int OPEN = 7;
  private static final int MORE = 8;
  private static final int CREDIT = 9;
  private static final int FDS = 10;
  private static final int METADATA = 11;
  private static final int MISSED = 12;
  private static final int PAYLOAD = 15;

  private static final int KEY = 1;
  private static final int VALUE = 2;

  private static final int VARINT = 0;
  private static final int FIXED_64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED_32 = 5;

  /** The bytes of a frame before its envelope: N. */
  public static final int LENGTH_SIZE = 4;

  /**
   * The size of the envelope without the payload's own bytes, but with the payload's tag and
   * length.
   */
  public static int headerSize(Envelope e, int payloadLength) {
    int size = 0;
    if (e.typeNumber() != 0) {
      size += 1 + Varint.size(e.typeNumber());
    }
    if (e.id() != 0) {
      size += 1 + Varint.size(e.id());
    }
    if (!e.sentBy().isEmpty()) {
      size += bytesSize(Utf8.size(e.sentBy()));
    }
    if (e.success()) {
      size += 2;
    }
    if (!e.name().isEmpty()) {
      size += bytesSize(e.nameSize());
    }
    if (e.timeoutMicros() != 0) {
      size += 1 + Varint.size(e.timeoutMicros());
    }
    if (e.open()) {
      size += 2;
    }
    if (e.more()) {
      size += 2;
    }
    if (e.rawCredit() != 0) {
      size += 1 + Varint.size(e.rawCredit());
    }
    if (e.fds() != 0) {
      size += 1 + Varint.size(e.fds() & 0xffffffffL);
    }
    List<Metadata> metadata = e.metadata();
    for (int i = 0; i < metadata.size(); i++) {
      size += bytesSize(entrySize(metadata.get(i)));
    }
    if (e.rawMissed() != 0) {
      size += 1 + Varint.size(e.rawMissed());
    }
    if (payloadLength != 0) {
      size += 1 + Varint.size(payloadLength);
    }
    return size;
  }

  /** The size of the whole frame: N's own bytes, header and payload. */
  public static int frameSize(Envelope e, int payloadLength) {
    return Math.addExact(LENGTH_SIZE + headerSize(e, payloadLength), payloadLength);
  }

  /** Writes the whole frame, the envelope's payload included; returns the position behind it. */
  public static int writeFrame(Envelope e, byte[] out, int at) {
    int length = e.payloadLength();
    int end = writeFrameHeader(e, length, out, at);
    System.arraycopy(e.payloadArray(), e.payloadOffset(), out, end, length);
    return end + length;
  }

  /**
   * Writes N and the header of a frame whose payload is put elsewhere, and returns the position
   * behind them: exactly {@code payloadLength} bytes of payload must follow there.
   */
  public static int writeFrameHeader(Envelope e, int payloadLength, byte[] out, int at) {
    int end = writeHeader(e, payloadLength, out, at + LENGTH_SIZE);
    int n = end - at - LENGTH_SIZE + payloadLength;
    out[at] = (byte) (n >>> 24);
    out[at + 1] = (byte) (n >>> 16);
    out[at + 2] = (byte) (n >>> 8);
    out[at + 3] = (byte) n;
    return end;
  }

  private static int writeHeader(Envelope e, int payloadLength, byte[] out, int at) {
    if (e.id() != 0) {
      at = writeVarint(ID, e.id(), out, at);
    }
    if (!e.sentBy().isEmpty()) {
      at = writeText(SENT_BY, e.sentBy(), Utf8.size(e.sentBy()), out, at);
    }
    if (e.typeNumber() != 0) {
      // An enum is an int32: a negative one is sign-extended.
      at = writeVarint(TYPE, e.typeNumber(), out, at);
    }
    if (e.success()) {
      at = writeVarint(SUCCESS, 1, out, at);
    }
    if (!e.name().isEmpty()) {
      at = writeText(NAME, e.name(), e.nameSize(), out, at);
    }
    if (e.timeoutMicros() != 0) {
      at = writeVarint(TIMEOUT, e.timeoutMicros(), out, at);
    }
    if (e.open()) {
      at = writeVarint(OPEN, 1, out, at);
    }
    if (e.more()) {
      at = writeVarint(MORE, 1, out, at);
    }
    if (e.rawCredit() != 0) {
      at = writeVarint(CREDIT, e.rawCredit(), out, at);
    }
    if (e.fds() != 0) {
      at = writeVarint(FDS, e.fds() & 0xffffffffL, out, at);
    }
    List<Metadata> metadata = e.metadata();
    for (int i = 0; i < metadata.size(); i++) {
      at = writeEntry(metadata.get(i), out, at);
    }
    if (e.rawMissed() != 0) {
      at = writeVarint(MISSED, e.rawMissed(), out, at);
    }
    if (payloadLength != 0) {
      out[at++] = (byte) (PAYLOAD << 3 | BYTES);
      at = Varint.write(payloadLength, out, at);
    }
    return at;
  }

  private static int writeVarint(int field, long value, byte[] out, int at) {
    out[at++] = (byte) (field << 3 | VARINT);
    return Varint.write(value, out, at);
  }

  private static int writeText(int field, String text, int size, byte[] out, int at) {
    out[at++] = (byte) (field << 3 | BYTES);
    at = Varint.write(size, out, at);
    return Utf8.write(text, size, out, at);
  }

  private static int writeEntry(Metadata entry, byte[] out, int at) {
    out[at++] = (byte) (METADATA << 3 | BYTES);
    at = Varint.write(entrySize(entry), out, at);
    String key = entry.getKey();
    if (!key.isEmpty()) {
      at = writeText(KEY, key, Utf8.size(key), out, at);
    }
    ByteString value = entry.getValue();
    if (!value.isEmpty()) {
      out[at++] = (byte) (VALUE << 3 | BYTES);
      at = Varint.write(value.size(), out, at);
      value.copyTo(out, at);
      at += value.size();
    }
    return at;
  }

  private static int entrySize(Metadata entry) {
    int key = Utf8.size(entry.getKey());
    int value = entry.getValue().size();
    return (key == 0 ? 0 : bytesSize(key)) + (value == 0 ? 0 : bytesSize(value));
  }

  /** The size of a field of bytes, its tag and length included. */
  private static int bytesSize(int length) {
    return 1 + Varint.size(length) + length;
  }

  /**
   * Reads an envelope. Its payload becomes a region of {@code in}.
   *
   * @param from where the envelope begins, behind N
   * @param to where it ends
   * @param into gets every field; after an exception its content is of no use
   * @throws WireException when the bytes are malformed (F-5), a field is too long (F-7), there is
   *     no type (F-8), or {@code more} stands where nothing can follow (F-9)
   */
  public static void decode(byte[] in, int from, int to, Envelope into) throws WireException {
    Varint.Cursor cursor = into.cursor;
    into.clear();
    int at = from;
    int metadataBytes = 0;
    while (at < to) {
      int tag = in[at++];
      if (tag < 0) {
        tag = (int) Varint.readShort(in, at - 1, to, cursor);
        at = cursor.at;
      }
      int field = tag >>> 3;
      if (field == 0) {
        throw malformed("a tag has field number 0");
      }
      switch (tag & 7) {
        case VARINT -> {
          long value;
          if (at < to && in[at] >= 0) {
            value = in[at++];
          } else {
            value = Varint.read(in, at, to, cursor);
            at = cursor.at;
          }
          set(into, field, value);
        }
        case BYTES -> {
          int length;
          if (at < to && in[at] >= 0) {
            length = in[at++];
            checkLength(length, at, to);
          } else {
            length = readLength(in, at, to, cursor);
            at = cursor.at;
          }
          switch (field) {
            case PAYLOAD -> into.payload(in, at, length);
            case NAME -> into.name(readText("name", Limits.NAME, in, at, length, into));
            case SENT_BY -> into.sentBy(readText("sent_by", Limits.SENT_BY, in, at, length, into));
            case METADATA -> metadataBytes = readEntry(in, at, at + length, metadataBytes, into);
            default -> {}
          }
          at += length;
        }
        case FIXED_64 -> at = skip(8, at, to);
        case FIXED_32 -> at = skip(4, at, to);
        default -> throw malformed("field " + field + " has wire type " + (tag & 7));
      }
    }
    if (into.typeNumber() == 0) {
      throw new WireException("F-8", Code.INTERNAL, "an envelope has no type");
    }
    if (into.more()) {
      checkMore(into);
    }
  }

  private static void checkMore(Envelope envelope) throws WireException {
    FrameType type = envelope.type();
    if (type == null) {
      return; // What nobody knows is ignored, whatever it says (F-8).
    }
    if (type != FrameType.REQUEST && type != FrameType.MESSAGE && type != FrameType.RESPONSE) {
      throw new WireException("F-9", Code.INTERNAL, "a " + type + " has more");
    }
    if (!envelope.hasPayload()) {
      throw new WireException("F-9", Code.INTERNAL, "a " + type + " has more, but no payload");
    }
  }

  private static void set(Envelope into, int field, long value) {
    switch (field) {
      case ID -> into.id(value);
      case TYPE -> into.typeNumber((int) value);
      case SUCCESS -> into.success(value != 0);
      case TIMEOUT -> into.timeoutMicros(value);
      case OPEN -> into.open(value != 0);
      case MORE -> into.more(value != 0);
      case CREDIT -> into.credit(value);
      case FDS -> into.fds((int) value);
      case MISSED -> into.missed(value);
      default -> {}
    }
  }

  private static String readText(
      String what, int limit, byte[] in, int at, int length, Envelope into) throws WireException {
    if (length > limit) {
      throw tooMuch(Limits.overLength(what, length, limit));
    }
    if (length == 0) {
      return "";
    }
    String text = into.names().read(in, at, length);
    if (text == null) {
      throw malformed(what + " is no UTF-8");
    }
    return text;
  }

  /** Reads one pair and returns the bytes of all pairs so far. */
  private static int readEntry(byte[] in, int at, int to, int bytesSoFar, Envelope into)
      throws WireException {
    Varint.Cursor cursor = into.cursor;
    String key = "";
    int keyLength = 0;
    int valueAt = at;
    int valueLength = 0;
    while (at < to) {
      int tag = (int) Varint.readShort(in, at, to, cursor);
      at = cursor.at;
      int field = tag >>> 3;
      if (field == 0) {
        throw malformed("a tag has field number 0");
      }
      switch (tag & 7) {
        case VARINT -> {
          Varint.read(in, at, to, cursor);
          at = cursor.at;
        }
        case BYTES -> {
          int length = readLength(in, at, to, cursor);
          at = cursor.at;
          if (field == KEY) {
            key = readText("metadata key", Limits.METADATA_KEY, in, at, length, into);
            keyLength = length;
          } else if (field == VALUE) {
            valueAt = at;
            valueLength = length;
          }
          at += length;
        }
        case FIXED_64 -> at = skip(8, at, to);
        case FIXED_32 -> at = skip(4, at, to);
        default -> throw malformed("field " + field + " of metadata has wire type " + (tag & 7));
      }
    }
    List<Metadata> entries = into.metadata();
    if (entries.isEmpty()) {
      entries = new ArrayList<>(4);
      into.metadata(entries);
    } else if (entries.size() == Limits.METADATA_ENTRIES) {
      throw tooMuch(Limits.overEntries(entries.size() + 1));
    }
    // Lengths are within one frame, the sum so far within the limit: no overflow.
    int bytes = bytesSoFar + keyLength + valueLength;
    if (bytes > Limits.METADATA_BYTES) {
      throw tooMuch(Limits.overLength("metadata", bytes, Limits.METADATA_BYTES));
    }
    entries.add(
        Metadata.newBuilder()
            .setKey(key)
            .setValue(ByteString.copyFrom(in, valueAt, valueLength))
            .build());
    return bytes;
  }

  /** Reads a length that does not run past {@code to}; the cursor is left behind it. */
  private static int readLength(byte[] in, int at, int to, Varint.Cursor cursor)
      throws WireException {
    long length = Varint.readShort(in, at, to, cursor);
    checkLength(length, cursor.at, to);
    return (int) length;
  }

  private static void checkLength(long length, int at, int to) throws WireException {
    if (length > to - at) {
      throw malformed("a field of " + length + " bytes has " + (to - at) + " left");
    }
  }

  private static int skip(int bytes, int at, int to) throws WireException {
    checkLength(bytes, at, to);
    return at + bytes;
  }

  private static WireException malformed(String text) {
    return new WireException("F-5", Code.INTERNAL, text);
  }

  /** Makes an exception of a ready text, which begins with the rule. */
  private static WireException tooMuch(String fault) {
    return new WireException("F-7", Code.INTERNAL, fault.substring("F-7: ".length()));
  }
}
