package dev.parley.rpc;

import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** The legal operations of a call in which both sides stream. */
final class StartedBidiStream<Q, R> implements BidiStream<Q, R> {
  private final Call<Q, R> call;

  StartedBidiStream(Call<Q, R> call) {
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
  public void finishSending() {
    call.finishSending();
  }

  @Override
  public Iterator<R> iterator() {
    return call.replies().iterator();
  }

  @Override
  public Optional<R> next() {
    return call.replies().next();
  }

  @Override
  public CompletableFuture<Optional<R>> nextAsync() {
    return call.replies().nextAsync();
  }

  @Override
  public CompletableFuture<Void> forEachAsync(Consumer<? super R> action) {
    return call.replies().forEachAsync(action);
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
