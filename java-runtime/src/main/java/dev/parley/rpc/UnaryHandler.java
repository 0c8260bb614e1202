package dev.parley.rpc;

/** Serves a unary method. May be called by many threads at once, may block, may call back. */
@FunctionalInterface
public interface UnaryHandler<Q, R> {
  /**
   * Answers one call.
   *
   * @throws Exception an {@link RpcException} reaches the caller as it is; anything else as
   *     INTERNAL
   */
  R handle(Q request, CallContext context) throws Exception;
}
