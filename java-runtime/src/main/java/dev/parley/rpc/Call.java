package dev.parley.rpc;

import java.util.concurrent.CompletableFuture;

/**
 * One call in flight, seen from its caller. It ends exactly once: with a reply, or with an {@link
 * RpcException} that carries an {@link Outcome}. Safe for use by many threads.
 */
public interface Call<Q, R> {
  /**
   * Waits for the reply.
   *
   * @throws RpcException if the call fails; CANCELLED if the thread is interrupted while it waits,
   *     in which case its interrupt flag is set again and the connection stays whole
   */
  R await();

  /**
   * The reply as a future. Cancelling it ends the wait and tells the peer, as {@link #cancel()}.
   */
  CompletableFuture<R> reply();

  /** Ends the call with CANCELLED and tells the peer; without effect once the call has ended. */
  void cancel();

  /** The metadata that came with the reply or the failure; empty until then. */
  Metadata replyMetadata();
}
