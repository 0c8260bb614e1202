package dev.parley.benchmarks.program;

import dev.parley.benchmarks.program.EchoClient.Completion;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** {@code callbacks}: each call is issued by the completion of an earlier one. */
final class CallbackCalls implements Command {
  /** Calls of which there is one on its way at a time; the library orders its completions. */
  private static final class Chain implements Completion {
    private final EchoClient client;
    private final TimeUp timeUp;
    private final CountDownLatch ended;
    private final AtomicReference<@Nullable Throwable> broken;
    private long answered;

    Chain(
        EchoClient client,
        TimeUp timeUp,
        CountDownLatch ended,
        AtomicReference<@Nullable Throwable> broken) {
      this.client = client;
      this.timeUp = timeUp;
      this.ended = ended;
      this.broken = broken;
    }

    @Override
    public void done(@Nullable Throwable failure) {
      if (failure != null) {
        end(failure);
        return;
      }
      answered++;
      if (timeUp.getAsBoolean()) {
        ended.countDown();
      } else {
        next();
      }
    }

    void next() {
      try {
        client.start(this);
      } catch (Exception e) {
        end(e);
      }
    }

    private void end(Throwable failure) {
      broken.compareAndSet(null, failure);
      ended.countDown();
    }
  }

  @Override
  public String word() {
    return "callbacks";
  }

  @Override
  public int arguments() {
    return 2;
  }

  @Override
  public Figures run(EchoClient client, int[] arguments) throws Exception {
    AtomicReference<@Nullable Throwable> broken = new AtomicReference<>();
    CountDownLatch ended = new CountDownLatch(arguments[1]);
    Chain[] chains = new Chain[arguments[1]];
    long start = System.nanoTime();
    TimeUp timeUp = TimeUp.after(arguments[0]);
    for (int i = 0; i < chains.length; i++) {
      chains[i] = new Chain(client, timeUp, ended, broken);
      chains[i].next();
    }
    ended.await();
    double seconds = (System.nanoTime() - start) / 1e9;
    Failures.rethrow(broken.get());
    long answered = 0;
    for (Chain chain : chains) {
      answered += chain.answered;
    }
    return Figures.rate(answered, seconds);
  }
}
