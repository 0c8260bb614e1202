package dev.parley.rpc;

/** Serves a method whose client streams. */
@FunctionalInterface
public interface ClientStreamingHandler<Q, R> {
  R handle(MessageStream<Q> requests, CallContext context) throws Exception;
}
