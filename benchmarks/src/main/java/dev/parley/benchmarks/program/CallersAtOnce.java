package dev.parley.benchmarks.program;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** {@code callers}: threads that make blocking calls over the one connection. */
final class CallersAtOnce implements Command {
  @Override
  public String word() {
    return "callers";
  }

  @Override
  public int arguments() {
    return 2;
  }

  @Override
  public Figures run(EchoClient client, int[] arguments) throws Exception {
    if (arguments[1] > 1 && !client.isShared()) {
      throw new UnsupportedOperationException("one thread at a time");
    }
    ExecutorService threads = Executors.newFixedThreadPool(arguments[1]);
    try {
      return run(client, arguments[0], arguments[1], threads);
    } finally {
      threads.shutdown();
    }
  }

  private static Figures run(EchoClient client, int millis, int callers, ExecutorService threads)
      throws Exception {
    CyclicBarrier begin = new CyclicBarrier(callers + 1);
    List<Future<Times>> made = new ArrayList<>();
    for (int i = 0; i < callers; i++) {
      made.add(threads.submit(caller(client, millis, begin)));
    }
    begin.await();
    long start = System.nanoTime();
    Times all = new Times();
    long fewest = Long.MAX_VALUE;
    long most = 0;
    for (Future<Times> one : made) {
      Times times = one.get();
      all.add(times);
      fewest = Math.min(fewest, times.count());
      most = Math.max(most, times.count());
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    return all.figures(seconds)
        .and(Figures.rate(all.count(), seconds))
        .and("fewest", fewest)
        .and("most", most);
  }

  private static Callable<Times> caller(EchoClient client, int millis, CyclicBarrier begin) {
    return () -> {
      Times times = new Times();
      begin.await();
      long last = System.nanoTime();
      long end = last + millis * 1_000_000L;
      while (last - end < 0) {
        client.call();
        long now = System.nanoTime();
        times.record(now - last);
        last = now;
      }
      return times;
    };
  }
}
