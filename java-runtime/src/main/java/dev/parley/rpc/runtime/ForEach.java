package dev.parley.rpc.runtime;

import dev.parley.rpc.MessageStream;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/** Gives the messages of a stream to an action, one at a time, where handlers run. */
final class ForEach<M> {
  private final MessageStream<M> stream;
  private final Consumer<? super M> action;
  private final CompletableFuture<Void> done = new CompletableFuture<>();

  ForEach(MessageStream<M> stream, Consumer<? super M> action) {
    this.stream = stream;
    this.action = action;
  }

  /** Completes at the end of the stream, or fails. */
  CompletableFuture<Void> done() {
    return done;
  }

  /** Handles what is there, and comes back when there is more. */
  void walk() {
    try {
      CompletableFuture<Optional<M>> next = stream.nextAsync();
      while (next.isDone()) {
        if (!accept(next.join())) {
          return;
        }
        next = stream.nextAsync();
      }
      var unused =
          next.handle(
              (message, thrown) -> {
                if (thrown != null) {
                  done.completeExceptionally(thrown);
                } else if (accept(message)) {
                  walk();
                }
                return null;
              });
    } catch (CompletionException e) {
      done.completeExceptionally(e.getCause() == null ? e : e.getCause());
    } catch (RuntimeException e) {
      done.completeExceptionally(e);
    }
  }

  /** Whether the stream goes on. */
  private boolean accept(Optional<M> message) {
    if (message.isEmpty()) {
      done.complete(null);
      return false;
    }
    try {
      action.accept(message.get());
      return true;
    } catch (Throwable e) {
      done.completeExceptionally(e);
      stream.close();
      return false;
    }
  }
}
