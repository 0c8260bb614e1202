package dev.parley.rpc;

/** Serves a method whose server streams; the stream ends when this returns. */
@FunctionalInterface
public interface ServerStreamingHandler<Q, R> {
  void handle(Q request, MessageSink<R> replies, CallContext context) throws Exception;
}
