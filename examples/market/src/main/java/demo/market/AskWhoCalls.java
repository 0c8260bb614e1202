package demo.market;

import com.google.protobuf.MessageLite;
import dev.parley.rpc.BidiStreamingHandler;
import dev.parley.rpc.CallContext;
import dev.parley.rpc.Code;
import dev.parley.rpc.MessageSink;
import dev.parley.rpc.MessageStream;
import dev.parley.rpc.Method;
import dev.parley.rpc.RpcException;
import dev.parley.rpc.ServerInterceptor;
import java.util.Optional;

/** Serves nobody without the token. */
record AskWhoCalls(String token) implements ServerInterceptor {
  @Override
  public <Q extends MessageLite, R extends MessageLite> void handle(
      Method<Q, R> method,
      MessageStream<Q> requests,
      MessageSink<R> replies,
      CallContext context,
      BidiStreamingHandler<Q, R> next)
      throws Exception {
    if (!context.metadata().text("token").equals(Optional.of(token))) {
      throw new RpcException(Code.UNAUTHENTICATED, "who are you?");
    }
    next.handle(requests, replies, context);
  }
}
