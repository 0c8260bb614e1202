package dev.parley.rpc.runtime;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import dev.parley.wire.Envelope;
import dev.parley.wire.Fragments;
import org.jspecify.annotations.Nullable;

/** The user's messages in envelopes. */
final class Messages {
  /**
   * From so many bytes on a message is not read by the thread that reads for the whole connection,
   * which it would keep for a tenth of a millisecond or more.
   */
  private static final int LONG = 256 * 1024;

  private Messages() {}

  /** The payload of a long message, to be kept and read elsewhere; null if it is to be read now. */
  static @Nullable Fragments ifLong(Envelope envelope) {
    return envelope.payloadLength() < LONG ? null : envelope.fragments();
  }

  /** The message in an envelope's payload. */
  @SuppressWarnings("unchecked") // A message's parser gives messages of its own type.
  static <M extends MessageLite> M parse(M prototype, Envelope envelope)
      throws InvalidProtocolBufferException {
    return (M) envelope.parse(prototype.getParserForType());
  }
}
