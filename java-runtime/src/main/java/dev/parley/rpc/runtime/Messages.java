package dev.parley.rpc.runtime;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import dev.parley.wire.Envelope;

/** The user's messages in envelopes. */
final class Messages {
  private Messages() {}

  /** The message in an envelope's payload. */
  @SuppressWarnings("unchecked") // A message's parser gives messages of its own type.
  static <M extends MessageLite> M parse(M prototype, Envelope envelope)
      throws InvalidProtocolBufferException {
    return (M) envelope.parse(prototype.getParserForType());
  }
}
