package dev.parley.rpc.runtime;

import com.google.protobuf.MessageLite;
import dev.parley.rpc.BidiStreamingHandler;
import dev.parley.rpc.CallContext;
import dev.parley.rpc.ClientStreamingHandler;
import dev.parley.rpc.Code;
import dev.parley.rpc.MessageSink;
import dev.parley.rpc.MessageStream;
import dev.parley.rpc.RpcException;
import dev.parley.rpc.ServerInterceptor;
import dev.parley.rpc.ServerStreamingHandler;
import dev.parley.rpc.ServiceDefinition;
import dev.parley.rpc.UnaryHandler;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A handler behind interceptors, which see every shape as a stream of requests and one of replies.
 */
final class InterceptedHandler<Q extends MessageLite, R extends MessageLite> {
  private final ServiceDefinition.Binding<Q, R> binding;
  private final List<ServerInterceptor> interceptors;

  InterceptedHandler(
      ServiceDefinition.Binding<Q, R> binding, List<ServerInterceptor> interceptors) {
    this.binding = binding;
    this.interceptors = interceptors;
  }

  /**
   * Serves one call; its reply, or null where it streams.
   *
   * @param requests the caller's messages; null where it does not stream
   * @param replies where the callee's go; null where it does not stream
   */
  @Nullable R handle(
      @Nullable Q request,
      @Nullable MessageStream<Q> requests,
      @Nullable MessageSink<R> replies,
      CallContext context)
      throws Exception {
    OneReply<R> one = new OneReply<>();
    boolean streams = binding.method().shape().serverStreams();
    MessageStream<Q> in =
        request != null || requests == null ? new OneMessage<>(request) : requests;
    at(0).handle(in, streams && replies != null ? replies : one, context);
    return streams ? null : one.get();
  }

  /** The chain from that interceptor on. */
  private BidiStreamingHandler<Q, R> at(int index) {
    if (index == interceptors.size()) {
      return this::serve;
    }
    ServerInterceptor interceptor = interceptors.get(index);
    return (requests, replies, context) ->
        interceptor.handle(binding.method(), requests, replies, context, at(index + 1));
  }

  @SuppressWarnings("unchecked") // A binding is made with a handler of its method's types.
  private void serve(MessageStream<Q> requests, MessageSink<R> replies, CallContext context)
      throws Exception {
    Object handler = binding.handler();
    switch (binding.method().shape()) {
      case UNARY -> replies.send(((UnaryHandler<Q, R>) handler).handle(only(requests), context));
      case SERVER_STREAMING ->
          ((ServerStreamingHandler<Q, R>) handler).handle(only(requests), replies, context);
      case CLIENT_STREAMING ->
          replies.send(((ClientStreamingHandler<Q, R>) handler).handle(requests, context));
      default -> ((BidiStreamingHandler<Q, R>) handler).handle(requests, replies, context);
    }
  }

  private Q only(MessageStream<Q> requests) {
    return requests
        .next()
        .orElseThrow(
            () ->
                new RpcException(
                    Code.INTERNAL, "an interceptor kept the request of " + binding.method()));
  }
}
