package dev.parley.rpc.runtime;

import dev.parley.rpc.Code;
import dev.parley.rpc.MessageSink;
import dev.parley.rpc.RpcException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Takes the one reply of a method whose server does not stream. Safe for use by many threads. */
final class OneReply<R> implements MessageSink<R> {
  private @Nullable R reply;

  @Override
  public synchronized void send(R message) {
    if (reply != null) {
      throw new RpcException(Code.INTERNAL, "a method that does not stream has one reply");
    }
    reply = Objects.requireNonNull(message, "the handler returned null");
  }

  synchronized R get() {
    if (reply == null) {
      throw new RpcException(Code.INTERNAL, "an interceptor gave no reply");
    }
    return reply;
  }
}
