package dev.parley.conformance.peer;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A thread of its own that does one blocking thing after the other. For one thread. */
final class Errands {
  private final ThreadPoolExecutor executor;
  private volatile @Nullable Thread thread;
  private volatile boolean interrupted;
  private CompletableFuture<Void> last = CompletableFuture.completedFuture(null);

  Errands(String name) {
    executor =
        new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread made = new Thread(task, name);
              made.setDaemon(true);
              thread = made;
              return made;
            });
  }

  /** Does that behind what it was told before. */
  void then(Runnable errand) {
    last =
        CompletableFuture.runAsync(
            () -> {
              if (interrupted) {
                Thread.currentThread().interrupt();
              }
              errand.run();
            },
            executor);
  }

  /** What becomes of the errand that it was told last. */
  CompletableFuture<Void> last() {
    return last;
  }

  boolean isBusy() {
    return !last.isDone();
  }

  /** Interrupts what it does, and whatever it does later. */
  void interrupt() {
    interrupted = true;
    Thread working = thread;
    if (working != null) {
      working.interrupt();
    }
  }

  /** Does nothing more, once what was begun is over. */
  void end() {
    executor.shutdown();
  }
}
