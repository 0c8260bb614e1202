package dev.parley.rpc;

import com.google.protobuf.MessageLite;
import dev.parley.transport.Credentials;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * The other end of a connection: it can be called, sent events and pinged, whichever side
 * connected.
 *
 * <p>Safe for use by many threads. It ends with its connection; every use after that fails
 * UNAVAILABLE, NOT_SENT.
 */
public interface Peer extends Caller {
  /**
   * The name that the peer bears: the name it was dialled by, or else the one it claims. A claim is
   * no authority; that comes from {@link #credentials()}.
   */
  String name();

  /** Who the peer is, by the kernel's word. */
  Credentials credentials();

  /**
   * Sends a one-way event; returns once it is queued, and never waits.
   *
   * @throws RpcException UNAVAILABLE if the connection has ended, RESOURCE_EXHAUSTED if too much is
   *     queued, INVALID_ARGUMENT for a name or metadata over the limits, UNIMPLEMENTED if the peer
   *     takes no events
   */
  void sendEvent(String name, MessageLite event, Metadata metadata);

  /** As {@link #sendEvent(String, MessageLite, Metadata)}, without metadata. */
  default void sendEvent(String name, MessageLite event) {
    sendEvent(name, event, Metadata.EMPTY);
  }

  /** Asks the peer for a sign of life; the future gives the round trip. */
  CompletableFuture<Duration> ping();

  /** Whether the connection is open, as far as this side knows. */
  boolean isOpen();
}
