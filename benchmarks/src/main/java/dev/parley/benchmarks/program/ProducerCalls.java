package dev.parley.benchmarks.program;

import dev.parley.benchmarks.program.EchoClient.Completion;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** {@code producer}: one thread issues calls; whoever completes one makes room for the next. */
final class ProducerCalls implements Command {
  @Override
  public String word() {
    return "producer";
  }

  @Override
  public int arguments() {
    return 2;
  }

  @Override
  public Figures run(EchoClient client, int[] arguments) throws Exception {
    Semaphore room = new Semaphore(arguments[1]);
    AtomicReference<@Nullable Throwable> broken = new AtomicReference<>();
    Completion completion =
        failure -> {
          if (failure != null) {
            broken.compareAndSet(null, failure);
          }
          room.release();
        };
    long issued = 0;
    long start = System.nanoTime();
    TimeUp timeUp = TimeUp.after(arguments[0]);
    while (!timeUp.getAsBoolean() && broken.get() == null) {
      room.acquire();
      client.start(completion);
      issued++;
    }
    room.acquire(arguments[1]);
    double seconds = (System.nanoTime() - start) / 1e9;
    Failures.rethrow(broken.get());
    return Figures.rate(issued, seconds);
  }
}
