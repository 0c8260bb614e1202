package dev.parley.rpc;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;

/** Walks a stream by {@link MessageStream#next}; for one thread. For those who make streams. */
public final class MessageIterator<T> implements Iterator<T> {
  private final MessageStream<T> stream;
  private Optional<T> ahead = Optional.empty();
  private boolean looked;

  /** Iterates over what is left of {@code stream}. */
  public MessageIterator(MessageStream<T> stream) {
    this.stream = stream;
  }

  @Override
  public boolean hasNext() {
    if (!looked) {
      ahead = stream.next();
      looked = true;
    }
    return ahead.isPresent();
  }

  @Override
  public T next() {
    if (!hasNext()) {
      throw new NoSuchElementException("the stream has ended");
    }
    looked = false;
    return ahead.orElseThrow();
  }
}
