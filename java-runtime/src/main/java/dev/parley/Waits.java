package dev.parley;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Waits that an interrupt does not end: what closes must be closed when it returns. */
final class Waits {
  private Waits() {}

  /** Waits for {@code end}, which must come to pass; an interrupt is kept for the caller. */
  static void uninterruptibly(CompletableFuture<?> end) {
    boolean interrupted = false;
    while (!end.isDone()) {
      try {
        end.get();
      } catch (InterruptedException e) {
        interrupted = true;
      } catch (ExecutionException e) {
        throw new IllegalStateException("an end never fails", e);
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
