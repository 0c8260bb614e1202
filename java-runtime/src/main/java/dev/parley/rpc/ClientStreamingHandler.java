package dev.parley.rpc;

/** Serves a method whose client streams. */
@FunctionalInterface
public interface ClientStreamingHandler<Q, R> {
  /**
   * Answers one call, having read what it wants of its requests.
   *
   * @throws Exception an {@link RpcException} reaches the caller as it is; anything else as
   *     INTERNAL
   */
  R handle(MessageStream<Q> requests, CallContext context) throws Exception;
}
