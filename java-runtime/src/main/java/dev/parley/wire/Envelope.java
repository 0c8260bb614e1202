package dev.parley.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import dev.parley.v1.Metadata;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One frame's header, and where its payload lies: the fields of {@code parley.v1.Envelope}.
 *
 * <p>Mutable, so that one object serves frame after frame; not thread-safe. It never copies and
 * never owns the payload: the region belongs to whoever set it, which is the {@link FrameReader}'s
 * buffer after a decode.
 *
 * <p>A field that was not sent has its default. Numbers are as they came; what they must be is for
 * the connection to check.
 */
public final class Envelope {
  private static final byte[] NO_BYTES = {};

  private long id;
  private String sentBy = "";
  private int typeNumber;
  private boolean success;
  private String name = "";
  private long timeoutMicros;
  private boolean open;
  private boolean more;
  private long credit;
  private int fds;
  private List<Metadata> metadata = List.of();
  private long missed;
  private byte[] payloadArray = NO_BYTES;
  private int payloadOffset;
  private int payloadLength;
  private @Nullable Fragments fragments;

  // What the codec keeps between frames.
  final Varint.Cursor cursor = new Varint.Cursor();
  private @Nullable NameCache names;
  private String measuredName = "";
  private int measuredNameSize;

  /** Gives every field its default, and lets go of the payload. */
  public Envelope clear() {
    id = 0;
    sentBy = "";
    typeNumber = 0;
    success = false;
    name = "";
    timeoutMicros = 0;
    open = false;
    more = false;
    credit = 0;
    fds = 0;
    metadata = List.of();
    missed = 0;
    payloadArray = NO_BYTES;
    payloadOffset = 0;
    payloadLength = 0;
    fragments = null;
    return this;
  }

  /** The call or ping; unsigned, so that a negative number is over the highest id (C-1). */
  public long id() {
    return id;
  }

  public Envelope id(long id) {
    this.id = id;
    return this;
  }

  /** The sender's name, or "". */
  public String sentBy() {
    return sentBy;
  }

  public Envelope sentBy(String sentBy) {
    this.sentBy = Objects.requireNonNull(sentBy, "sentBy");
    return this;
  }

  /** The type; null when this program does not know it (F-8). */
  public @Nullable FrameType type() {
    return FrameType.of(typeNumber);
  }

  public Envelope type(FrameType type) {
    return typeNumber(type.number());
  }

  public int typeNumber() {
    return typeNumber;
  }

  public Envelope typeNumber(int typeNumber) {
    this.typeNumber = typeNumber;
    return this;
  }

  /** Of a RESPONSE: whether the payload is the reply, not a Status. */
  public boolean success() {
    return success;
  }

  public Envelope success(boolean success) {
    this.success = success;
    return this;
  }

  /** The method or event, or "". */
  public String name() {
    return name;
  }

  public Envelope name(String name) {
    this.name = Objects.requireNonNull(name, "name");
    return this;
  }

  /** How long the caller still waits, in microseconds, unsigned; see {@link #hasTimeout}. */
  public long timeoutMicros() {
    return timeoutMicros;
  }

  public Envelope timeoutMicros(long timeoutMicros) {
    this.timeoutMicros = timeoutMicros;
    return this;
  }

  /** Whether the timeout is a limit: not 0, and below {@link Limits#NO_TIMEOUT_MICROS} (C-7). */
  public boolean hasTimeout() {
    return timeoutMicros > 0 && timeoutMicros < Limits.NO_TIMEOUT_MICROS;
  }

  /** Of a REQUEST: whether the caller's messages follow. */
  public boolean open() {
    return open;
  }

  public Envelope open(boolean open) {
    this.open = open;
    return this;
  }

  /** Whether the payload goes on in the next frame of this id (F-9). */
  public boolean more() {
    return more;
  }

  public Envelope more(boolean more) {
    this.more = more;
    return this;
  }

  /** Bytes that the peer may send; what is over 2^63-1 on the wire reads as 2^63-1 (W-3). */
  public long credit() {
    return saturated(credit);
  }

  /** The credit as it is on the wire, unsigned. */
  long rawCredit() {
    return credit;
  }

  public Envelope credit(long credit) {
    this.credit = credit;
    return this;
  }

  /** How many descriptors ride on the frame; unsigned. */
  public int fds() {
    return fds;
  }

  public Envelope fds(int fds) {
    this.fds = fds;
    return this;
  }

  /** The pairs beside the payload, in order; not to be changed. */
  public List<Metadata> metadata() {
    return metadata;
  }

  public Envelope metadata(List<Metadata> metadata) {
    this.metadata = Objects.requireNonNull(metadata, "metadata");
    return this;
  }

  /** How many messages were dropped just before; over 2^63-1 on the wire reads as 2^63-1. */
  public long missed() {
    return saturated(missed);
  }

  /** The number of missed messages as it is on the wire, unsigned. */
  long rawMissed() {
    return missed;
  }

  private static long saturated(long unsigned) {
    return unsigned < 0 ? Long.MAX_VALUE : unsigned;
  }

  public Envelope missed(long missed) {
    this.missed = missed;
    return this;
  }

  /** The array that the payload lies in, unless there are {@link #fragments}. */
  public byte[] payloadArray() {
    return payloadArray;
  }

  public int payloadOffset() {
    return payloadOffset;
  }

  public int payloadLength() {
    return payloadLength;
  }

  /** Whether there is a payload of at least one byte; an empty one is like none. */
  public boolean hasPayload() {
    return payloadLength > 0;
  }

  /** Lends this region as the payload. */
  public Envelope payload(byte[] array, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, array.length);
    payloadArray = array;
    payloadOffset = offset;
    payloadLength = length;
    fragments = null;
    return this;
  }

  public Envelope payload(byte[] array) {
    return payload(array, 0, array.length);
  }

  /** Makes a payload that came in several frames this envelope's own; it has no region then. */
  public Envelope payload(Fragments whole) {
    payload(NO_BYTES, 0, 0);
    payloadLength = whole.size();
    fragments = whole;
    return this;
  }

  /** The payload if it came in several frames: whoever takes it may keep it, and read it later. */
  public @Nullable Fragments fragments() {
    return fragments;
  }

  /** A copy of the payload, however it came. */
  public ByteString copyPayload() {
    Fragments whole = fragments;
    return whole == null
        ? ByteString.copyFrom(payloadArray, payloadOffset, payloadLength)
        : whole.copy();
  }

  /**
   * The message that the payload is; {@link #fragments} are given up.
   *
   * @throws InvalidProtocolBufferException if it is none
   */
  public <M> M parse(Parser<M> parser) throws InvalidProtocolBufferException {
    Fragments whole = fragments;
    return whole == null
        ? parser.parseFrom(payloadArray, payloadOffset, payloadLength)
        : whole.parse(parser);
  }

  /** Where decoded names come from. */
  NameCache names() {
    NameCache cache = names;
    if (cache == null) {
      cache = new NameCache();
      names = cache;
    }
    return cache;
  }

  /** The name's size in UTF-8; a name that is sent again is not measured again. */
  @SuppressWarnings("ReferenceEquality") // Asks for the very object that was measured.
  int nameSize() {
    if (name != measuredName) {
      measuredName = name;
      measuredNameSize = Utf8.size(name);
    }
    return measuredNameSize;
  }

  /** One line for errors and logs, safe to print: no payload, no metadata, no control character. */
  @Override
  public String toString() {
    FrameType type = type();
    StringBuilder line = new StringBuilder(80);
    line.append(type != null ? type.name() : "type " + Integer.toUnsignedString(typeNumber));
    if (id != 0) {
      line.append(" id=").append(Long.toUnsignedString(id));
    }
    return details(line).toString();
  }

  /** Adds what a log line tells after type and id, each part with a blank before. */
  StringBuilder details(StringBuilder line) {
    if (!name.isEmpty()) {
      printable(name, line.append(" name="));
    }
    if (!sentBy.isEmpty()) {
      printable(sentBy, line.append(" sent_by="));
    }
    if (typeNumber == FrameType.RESPONSE.number()) {
      line.append(" success=").append(success);
    }
    if (open) {
      line.append(" open");
    }
    if (more) {
      line.append(" more");
    }
    if (hasTimeout()) {
      line.append(" timeout_us=").append(timeoutMicros);
    }
    if (credit != 0) {
      line.append(" credit=").append(Long.toUnsignedString(credit));
    }
    if (fds != 0) {
      line.append(" fds=").append(Integer.toUnsignedString(fds));
    }
    if (!metadata.isEmpty()) {
      line.append(" metadata=").append(metadata.size());
    }
    if (missed != 0) {
      line.append(" missed=").append(Long.toUnsignedString(missed));
    }
    if (payloadLength != 0) {
      line.append(" payload=").append(payloadLength);
    }
    return line;
  }

  /** Adds a peer's text so that it can neither end the line nor steer a terminal. */
  static StringBuilder printable(String text, StringBuilder line) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c > ' ' && c < 0x7f) {
        line.append(c);
      } else {
        line.append(String.format("\\u%04x", (int) c));
      }
    }
    return line;
  }
}
