package dev.parley.rpc;

import java.util.concurrent.CompletableFuture;

/** A call in which the client streams: send messages, then {@link #finish} for the reply. */
public interface ClientStream<Q, R> extends MessageSink<Q>, AutoCloseable {
  /**
   * Says that no more messages follow, and waits for the reply.
   *
   * @throws RpcException if the call fails
   */
  R finish();

  /** {@link #finish} without waiting. Cancelling the future cancels the call. */
  CompletableFuture<R> finishAsync();

  /** The metadata that came with the reply or the failure; empty until then. */
  Metadata replyMetadata();

  /** Cancels the call unless it has ended. */
  @Override
  void close();
}
