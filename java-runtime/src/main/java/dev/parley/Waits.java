package dev.parley;

import dev.parley.connection.Loop;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Waits for an end that always comes. */
final class Waits {
  private Waits() {}

  /** Waits for {@code end}, which must come to pass. */
  static void interruptibly(CompletableFuture<?> end) throws InterruptedException {
    Loop.beforeWaiting();
    try {
      end.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("an end never fails", e);
    }
  }

  /** Waits for {@code end}, which must come to pass; an interrupt is kept for the caller. */
  static void uninterruptibly(CompletableFuture<?> end) {
    boolean interrupted = false;
    while (!end.isDone()) {
      try {
        interruptibly(end);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
