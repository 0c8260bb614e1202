package dev.parley.connection;

import dev.parley.v1.Metadata;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a call of this side has beyond one frame each way: messages either way, a reply that comes
 * in parts. Most calls have none of it. Guarded by the connection's lock.
 */
final class OutgoingParts {
  /** Set with the end of the REQUEST, if the caller streams. */
  @Nullable MessageSender sender;

  /** Set with the id, if the callee streams. */
  @Nullable MessageReceiver receiver;

  /** A RESPONSE that has begun, and what its first frame said. */
  @Nullable Assembly answer;

  boolean answerSuccess;
  List<Metadata> answerMetadata = List.of();

  /** Whether the handler has run as far as a message (C-10). */
  boolean gotMessage;

  /** What was asked for before there was a sender. */
  boolean roomAwaited;

  boolean endAsked;

  /** Whether a MESSAGE of the callee's has begun and not ended. */
  boolean midMessage() {
    return receiver != null && receiver.midMessage();
  }

  /** Sends no more. */
  void stopSending() {
    if (sender != null) {
      sender.stop();
    }
  }

  /** Sends and takes no more. */
  void release() {
    stopSending();
    if (receiver != null) {
      receiver.end();
    }
    if (answer != null) {
      answer.drop();
    }
  }
}
