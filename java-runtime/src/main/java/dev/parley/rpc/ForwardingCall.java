package dev.parley.rpc;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/** A call that another one carries: override what an interceptor wants to see or change. */
public class ForwardingCall<Q, R> implements Call<Q, R> {
  private final Call<Q, R> call;

  /** Forwards to {@code call}. */
  public ForwardingCall(Call<Q, R> call) {
    this.call = Objects.requireNonNull(call, "call");
  }

  @Override
  public R await() {
    return call.await();
  }

  @Override
  public CompletableFuture<R> reply() {
    return call.reply();
  }

  @Override
  public MessageSink<Q> requests() {
    return call.requests();
  }

  @Override
  public void finishSending() {
    call.finishSending();
  }

  @Override
  public MessageStream<R> replies() {
    return call.replies();
  }

  @Override
  public void cancel() {
    call.cancel();
  }

  @Override
  public Metadata replyMetadata() {
    return call.replyMetadata();
  }
}
