package dev.parley.rpc;

import com.google.protobuf.MessageLite;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Whatever can start a call: a client, a peer, services in this process. Generated clients take
 * one.
 *
 * <p>{@link #start} is all there is to implement; the other methods are forms of it.
 * Implementations are safe for use by many threads.
 */
@FunctionalInterface
public interface Caller {
  /**
   * Starts a call.
   *
   * @param request the one request, or null where the method's {@link Shape} lets the client stream
   */
  <Q extends MessageLite, R extends MessageLite> Call<Q, R> start(
      Method<Q, R> method, @Nullable Q request, CallOptions options);

  /** Calls a unary method and waits for its reply. */
  default <Q extends MessageLite, R extends MessageLite> R call(
      Method<Q, R> method, Q request, CallOptions options) {
    return start(method, request, options).await();
  }

  /** Calls a unary method; cancelling the future ends the wait and cancels the call at the peer. */
  default <Q extends MessageLite, R extends MessageLite> CompletableFuture<R> callAsync(
      Method<Q, R> method, Q request, CallOptions options) {
    return start(method, request, options).reply();
  }

  /**
   * Sends the request of a one-way method: returns once it is queued, and never waits.
   *
   * @throws RpcException NOT_SENT, as {@link Peer#sendEvent} tells
   */
  default <Q extends MessageLite, R extends MessageLite> void send(
      Method<Q, R> method, Q request, CallOptions options) {
    start(method, request, options).await();
  }

  /** Calls a method whose server streams. Closing the stream before its end cancels the call. */
  default <Q extends MessageLite, R extends MessageLite> MessageStream<R> serverStream(
      Method<Q, R> method, Q request, CallOptions options) {
    return start(method, request, options).replies();
  }

  /** Calls a method whose client streams. */
  default <Q extends MessageLite, R extends MessageLite> ClientStream<Q, R> clientStream(
      Method<Q, R> method, CallOptions options) {
    return new StartedClientStream<>(start(method, null, options));
  }

  /**
   * Subscribes to a topic: a method whose server streams, {@code option (parley.v1.topic) = true}.
   * Where this caller comes back after its connection was lost, the subscription does too (T-4).
   *
   * @param options the metadata that go beside the request count, time-outs do not
   */
  default <Q extends MessageLite, R extends MessageLite> Subscription subscribe(
      Method<Q, R> topic, Q request, CallOptions options, Subscriber<R> subscriber) {
    return StreamSubscription.begin(this, topic, request, options, subscriber);
  }

  /**
   * Has {@code follower} know of every connection that this caller has, beginning with the one that
   * is there. For what lives longer than a connection; not told any more once the registration is
   * closed.
   */
  default Registration follow(Follower follower) {
    follower.connected(
        new Follower.Connected(
            this, () -> false, () -> CompletableFuture.completedFuture(Boolean.TRUE)));
    return () -> {};
  }

  /** Calls a method both of whose sides stream. */
  default <Q extends MessageLite, R extends MessageLite> BidiStream<Q, R> bidiStream(
      Method<Q, R> method, CallOptions options) {
    return new StartedBidiStream<>(start(method, null, options));
  }
}
