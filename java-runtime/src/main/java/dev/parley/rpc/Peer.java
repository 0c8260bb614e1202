package dev.parley.rpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Value;
import dev.parley.transport.Credentials;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

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

  /** A number of this peer's own, which no other peer in this process has or ever had. */
  long id();

  /**
   * What the application has attached to this peer, an {@code Admission} or {@link #attach}; null:
   * nothing.
   */
  @Nullable Object attachment();

  /**
   * What is attached, as its type.
   *
   * @throws ClassCastException if it is of another type
   */
  default <T> @Nullable T attachment(Class<T> type) {
    return type.cast(attachment());
  }

  /** Attaches something to this peer, in place of what was there. */
  void attach(@Nullable Object attachment);

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

  // --- Without a schema (U-1) -------------------------------------------------------------------

  /**
   * Calls a method that the peer serves without a schema, and waits for its reply.
   *
   * @throws RpcException if the call fails; {@link Status#detail} has the data of a failure
   */
  default <Q extends MessageLite, R extends MessageLite> R request(
      String method, Q request, R replyDefault) {
    return call(Method.untyped(method, request, replyDefault), request, CallOptions.DEFAULT);
  }

  /** The same in the background; cancelling the future cancels the call. */
  default <Q extends MessageLite, R extends MessageLite> CompletableFuture<R> requestAsync(
      String method, Q request, R replyDefault) {
    return callAsync(Method.untyped(method, request, replyDefault), request, CallOptions.DEFAULT);
  }

  /** Calls a method that takes bytes and gives bytes, and waits for its reply. */
  default ByteString request(String method, ByteString request) {
    return request(method, MessageBytes.of(request), MessageBytes.EMPTY).bytes();
  }

  /** The same in the background. */
  default CompletableFuture<ByteString> requestAsync(String method, ByteString request) {
    return requestAsync(method, MessageBytes.of(request), MessageBytes.EMPTY)
        .thenApply(MessageBytes::bytes);
  }

  /** Calls a method that takes and gives data like JSON's, and waits for its reply. */
  default @Nullable Object requestJson(String method, @Nullable Object request) {
    return Json.fromValue(request(method, Json.toValue(request), Value.getDefaultInstance()));
  }

  /** The same in the background. */
  default CompletableFuture<@Nullable Object> requestJsonAsync(
      String method, @Nullable Object request) {
    return requestAsync(method, Json.toValue(request), Value.getDefaultInstance())
        .thenApply(Json::fromValue);
  }

  /** Sends an event that is nothing but bytes. */
  default void sendEvent(String name, ByteString event) {
    sendEvent(name, MessageBytes.of(event));
  }

  /** Sends an event of data like JSON's. */
  default void sendJsonEvent(String name, @Nullable Object event) {
    sendEvent(name, Json.toValue(event));
  }

  /** The topics that the peer keeps, if it does: to publish and subscribe there (E-2). */
  Topics topics();

  /** Asks the peer for a sign of life; the future gives the round trip. */
  CompletableFuture<Duration> ping();

  /** Whether the connection is open, as far as this side knows. */
  boolean isOpen();
}
