package dev.parley.rpc;

import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * The messages of a stream, in order and without gaps, until it ends or fails.
 *
 * <p>To be read in one way only, by one thread at a time: iterated once, or with {@link #next}, or
 * asynchronously. Taking a message is what gives its sender room for more (W-3), so a reader that
 * stops slows its own sender down and nobody else. {@link #close} before the end cancels the call;
 * after it, it does nothing.
 */
public interface MessageStream<T> extends Iterable<T>, AutoCloseable {
  /**
   * Walks the stream, once. Each step blocks for the next message, and throws {@link RpcException}
   * when the stream fails, CANCELLED if the thread is interrupted, whose flag is then set again.
   */
  @Override
  Iterator<T> iterator();

  /**
   * Waits for the next message; empty at the end of the stream.
   *
   * @throws RpcException as {@link #iterator} tells
   */
  Optional<T> next();

  /** {@link #next} without waiting. One at a time. */
  CompletableFuture<Optional<T>> nextAsync();

  /**
   * Gives every message to {@code action}, one at a time and in order, where handlers run. The
   * future completes at the end of the stream; it fails with the stream, and with what {@code
   * action} throws, which cancels the call.
   */
  CompletableFuture<Void> forEachAsync(Consumer<? super T> action);

  /** The metadata that came with the end of the call; empty until then, and at a callee. */
  Metadata replyMetadata();

  /**
   * Of a topic: how many publications were dropped just before the message that was taken last,
   * since this reader was slow (T-3). To be asked by who takes the messages.
   */
  default long missed() {
    return 0;
  }

  /**
   * Of a topic: the name of the peer that published the message that was taken last; "": the server
   * did (T-2). A name is a claim (E-3). To be asked by who takes the messages.
   */
  default String publisher() {
    return "";
  }

  @Override
  void close();
}
