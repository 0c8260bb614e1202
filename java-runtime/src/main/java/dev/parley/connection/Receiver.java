package dev.parley.connection;

import com.google.protobuf.ByteString;
import dev.parley.v1.Status;
import dev.parley.wire.Envelope;
import org.jspecify.annotations.Nullable;

/**
 * Who takes what arrives on a connection: the rung above.
 *
 * <p>Every method is called by the thread that reads. It must not block and must not run user code:
 * an envelope and its payload are valid only until the method returns.
 */
public interface Receiver {
  /**
   * Whether to take a peer that has said HELLO; asked on the accepting side before HELLO is
   * answered.
   *
   * @return null to admit it, or why not
   */
  default @Nullable Refusal admit(String name, ByteString payload) {
    return null;
  }

  /** The handshake is done: calls may be started. */
  void opened(String name, ByteString payload);

  /**
   * Makes the object for a call that begins to arrive. Where the call is over a limit it is dropped
   * again, and {@link IncomingCall#arrived} never called.
   *
   * @param request the first frame of its REQUEST
   */
  IncomingCall incoming(Envelope request);

  /** An event has arrived. */
  void event(Envelope envelope);

  /** The connection has ended, or never came to be. The last call. */
  void closed(Status why);
}
