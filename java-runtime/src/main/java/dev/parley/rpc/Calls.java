package dev.parley.rpc;

import com.google.protobuf.MessageLite;
import java.util.List;

/** Calls that have ended before they began: what an interceptor answers with by itself. */
public final class Calls {
  private Calls() {}

  /** A call of a method whose server does not stream, with its reply. */
  public static <Q extends MessageLite, R extends MessageLite> Call<Q, R> replied(
      Method<Q, R> method, R reply) {
    return new EndedCall<>(method, reply, List.of(), null);
  }

  /** A call of a method whose server streams, with all its messages. */
  public static <Q extends MessageLite, R extends MessageLite> Call<Q, R> streamed(
      Method<Q, R> method, List<R> replies) {
    return new EndedCall<>(method, method.replyDefault(), replies, null);
  }

  /** A call of any shape that has failed. */
  public static <Q extends MessageLite, R extends MessageLite> Call<Q, R> failed(
      Method<Q, R> method, RpcException failure) {
    return new EndedCall<>(method, method.replyDefault(), List.of(), failure);
  }
}
