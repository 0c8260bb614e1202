package dev.parley.rpc;

import java.util.concurrent.CompletableFuture;

/**
 * One call in flight, seen from its caller, whatever its {@link Shape}. It ends exactly once: with
 * success, or with an {@link RpcException} that carries an {@link Outcome}. Safe for use by many
 * threads.
 */
public interface Call<Q, R> {
  /**
   * Waits for the one reply; of a method whose server streams, for the end, and gives the default
   * instance of the reply's type.
   *
   * @throws RpcException if the call fails; CANCELLED if the thread is interrupted while it waits,
   *     in which case its interrupt flag is set again and the connection stays whole
   */
  R await();

  /**
   * The reply as a future. Cancelling it ends the wait and tells the peer, as {@link #cancel()}.
   */
  CompletableFuture<R> reply();

  /**
   * Where the caller's messages go.
   *
   * @throws IllegalStateException if the method's client does not stream
   */
  MessageSink<Q> requests();

  /**
   * Half-closes: says that no more requests follow; without effect the second time.
   *
   * @throws IllegalStateException if the method's client does not stream
   */
  void finishSending();

  /**
   * The callee's messages.
   *
   * @throws IllegalStateException if the method's server does not stream
   */
  MessageStream<R> replies();

  /** Ends the call with CANCELLED and tells the peer; without effect once the call has ended. */
  void cancel();

  /** The metadata that came with the reply or the failure; empty until then. */
  Metadata replyMetadata();
}
