package dev.parley.rpc.runtime;

import dev.parley.rpc.MessageIterator;
import dev.parley.rpc.MessageStream;
import dev.parley.rpc.Metadata;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The one request of a method whose client does not stream, as a stream. */
final class OneMessage<Q> implements MessageStream<Q> {
  private @Nullable Q message;

  OneMessage(@Nullable Q message) {
    this.message = message;
  }

  @Override
  public synchronized Optional<Q> next() {
    Optional<Q> only = Optional.ofNullable(message);
    message = null;
    return only;
  }

  @Override
  public CompletableFuture<Optional<Q>> nextAsync() {
    return CompletableFuture.completedFuture(next());
  }

  @Override
  public CompletableFuture<Void> forEachAsync(Consumer<? super Q> action) {
    next().ifPresent(action);
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public Iterator<Q> iterator() {
    return new MessageIterator<>(this);
  }

  @Override
  public Metadata replyMetadata() {
    return Metadata.EMPTY;
  }

  @Override
  public synchronized void close() {
    message = null;
  }
}
