package dev.parley.connection;

import org.jspecify.annotations.Nullable;

/**
 * What a call of the peer has beyond one frame each way: messages either way, a request that comes
 * in parts. Most calls have none of it. Guarded by the connection's lock.
 */
final class IncomingParts {
  /** While its REQUEST is put together. */
  @Nullable Assembly assembly;

  /** Set if the caller streams. */
  @Nullable MessageReceiver receiver;

  /** Set with the first message that is sent, if the callee streams. */
  @Nullable MessageSender sender;

  /** Whether the caller has half-closed. */
  boolean callerDone;

  /** Whether a message of the callee's is still on its way into the outbox. */
  boolean sends() {
    return sender != null && sender.busy();
  }

  /** Takes no more. */
  void stopReceiving() {
    if (receiver != null) {
      receiver.end();
    }
  }

  /** Sends and takes no more. */
  void release() {
    stopReceiving();
    if (sender != null) {
      sender.stop();
    }
  }

  /** Lets go of a request that is not whole. */
  void drop() {
    if (assembly != null) {
      assembly.drop();
      assembly = null;
    }
  }
}
