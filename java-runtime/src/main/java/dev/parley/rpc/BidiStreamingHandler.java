package dev.parley.rpc;

/** Serves a method both of whose sides stream; the replies end when this returns. */
@FunctionalInterface
public interface BidiStreamingHandler<Q, R> {
  /**
   * Answers one call, reading and sending as it likes.
   *
   * @throws Exception an {@link RpcException} reaches the caller as it is; anything else as
   *     INTERNAL
   */
  void handle(MessageStream<Q> requests, MessageSink<R> replies, CallContext context)
      throws Exception;
}
