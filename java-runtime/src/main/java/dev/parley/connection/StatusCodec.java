package dev.parley.connection;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.parley.v1.Code;
import dev.parley.v1.Status;
import dev.parley.wire.Envelope;

/** Statuses as they stand in payloads. */
final class StatusCodec {
  private static final String UNREADABLE = "C-10: the peer's status cannot be read";

  private StatusCodec() {}

  /** The status in an envelope's payload; UNKNOWN where it cannot be read (C-10). */
  static Status read(Envelope envelope) {
    try {
      return envelope.parse(Status.parser());
    } catch (InvalidProtocolBufferException e) {
      return Faults.of(Code.UNKNOWN, UNREADABLE);
    }
  }

  /**
   * {@code status} in at most {@code room} bytes: without its details, then with less text (C-11).
   */
  static Status fit(Status status, int room) {
    if (status.getSerializedSize() <= room) {
      return status;
    }
    Status bare = status.toBuilder().clearDetails().build();
    int over = bare.getSerializedSize() - room;
    if (over <= 0) {
      return bare;
    }
    ByteString text = bare.getMessageBytes();
    int keep = Math.max(0, text.size() - over);
    while (keep > 0 && (text.byteAt(keep) & 0xC0) == 0x80) {
      keep--; // Never cut inside a character.
    }
    return bare.toBuilder().setMessageBytes(text.substring(0, keep)).build();
  }
}
