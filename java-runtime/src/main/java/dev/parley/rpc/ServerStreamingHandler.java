package dev.parley.rpc;

/** Serves a method whose server streams; the stream ends when this returns. */
@FunctionalInterface
public interface ServerStreamingHandler<Q, R> {
  /**
   * Answers one call with as many replies as it sends.
   *
   * @throws Exception an {@link RpcException} reaches the caller as it is; anything else as
   *     INTERNAL
   */
  void handle(Q request, MessageSink<R> replies, CallContext context) throws Exception;
}
