package dev.parley.rpc;

import com.google.protobuf.MessageLite;

/**
 * Stands before handlers: sees metadata, answers by itself, passes on, wraps streams. Every shape
 * is seen as a stream of requests and a sink of replies; of those that do not stream, exactly one
 * message goes through.
 *
 * <p>Called by many threads at once, on the thread of the handler. The first one given is the
 * outermost.
 */
public interface ServerInterceptor {
  /**
   * Serves a call, usually through {@code next}, with its arguments or others in their place.
   *
   * @throws Exception an {@link RpcException} reaches the caller as it is; anything else as
   *     INTERNAL
   */
  <Q extends MessageLite, R extends MessageLite> void handle(
      Method<Q, R> method,
      MessageStream<Q> requests,
      MessageSink<R> replies,
      CallContext context,
      BidiStreamingHandler<Q, R> next)
      throws Exception;
}
