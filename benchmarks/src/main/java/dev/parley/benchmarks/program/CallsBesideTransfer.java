package dev.parley.benchmarks.program;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** {@code beside-transfer}: calls while another thread sends large messages to and fro. */
final class CallsBesideTransfer implements Command {
  @Override
  public String word() {
    return "beside-transfer";
  }

  @Override
  public int arguments() {
    return 2;
  }

  @Override
  public Figures run(EchoClient client, int[] arguments) throws Exception {
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try {
      TimeUp timeUp = TimeUp.after(arguments[0]);
      Future<Long> transfer = thread.submit(() -> transfer(client, arguments[1], timeUp));
      Times times = new Times();
      long start = System.nanoTime();
      while (!timeUp.getAsBoolean() && !transfer.isDone()) {
        long before = System.nanoTime();
        client.call();
        times.record(System.nanoTime() - before);
      }
      Figures figures = times.figures((System.nanoTime() - start) / 1e9);
      return figures.and("transferred_bytes", Commands.unwrapped(transfer));
    } finally {
      thread.shutdown();
    }
  }

  private static long transfer(EchoClient client, int bytes, TimeUp timeUp) throws Exception {
    long transferred = 0;
    do {
      client.transfer(bytes);
      transferred += bytes;
    } while (!timeUp.getAsBoolean());
    return transferred;
  }
}
