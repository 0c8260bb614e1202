package dev.parley.rpc;

import java.util.concurrent.CompletableFuture;

/** The legal operations of a call in which the client streams. */
final class StartedClientStream<Q, R> implements ClientStream<Q, R> {
  private final Call<Q, R> call;

  StartedClientStream(Call<Q, R> call) {
    this.call = call;
  }

  @Override
  public void send(Q message) {
    call.requests().send(message);
  }

  @Override
  public CompletableFuture<Void> sendAsync(Q message) {
    return call.requests().sendAsync(message);
  }

  @Override
  public R finish() {
    call.finishSending();
    return call.await();
  }

  @Override
  public CompletableFuture<R> finishAsync() {
    call.finishSending();
    return call.reply();
  }

  @Override
  public Metadata replyMetadata() {
    return call.replyMetadata();
  }

  @Override
  public void close() {
    call.cancel();
  }
}
