package dev.parley.rpc;

/** Serves a method both of whose sides stream; the replies end when this returns. */
@FunctionalInterface
public interface BidiStreamingHandler<Q, R> {
  void handle(MessageStream<Q> requests, MessageSink<R> replies, CallContext context)
      throws Exception;
}
