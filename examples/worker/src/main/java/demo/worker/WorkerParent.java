package demo.worker;

import demo.v1.Range;
import demo.v1.Work;
import dev.parley.ChildProcess;
import dev.parley.rpc.RpcException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts primes with workers, which are started by the command that it is given. One of them is
 * killed in the middle: what it was at is done again by another.
 */
final class WorkerParent {
  private static final long LIMIT = 2_000_000;
  private static final long PIECE = 50_000;
  private static final int WORKERS = 3;

  private final ProcessBuilder command;
  private final Queue<Range> work = new ConcurrentLinkedQueue<>();
  private final AtomicLong primes = new AtomicLong();
  private final AtomicInteger pieces = new AtomicInteger();
  private final AtomicInteger replaced = new AtomicInteger();

  private WorkerParent(ProcessBuilder command) {
    this.command = command;
  }

  public static void main(String[] arguments) throws Exception {
    ProcessBuilder command =
        new ProcessBuilder(arguments)
            .redirectOutput(ProcessBuilder.Redirect.INHERIT)
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    new WorkerParent(command).run();
  }

  private void run() throws Exception {
    for (long from = 0; from < LIMIT; from += PIECE) {
      work.add(Range.newBuilder().setFrom(from).setTo(from + PIECE).build());
    }
    ChildProcess doomed = ChildProcess.spawn(command);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < WORKERS; i++) {
      ChildProcess worker = i == 0 ? doomed : ChildProcess.spawn(command);
      Thread thread = new Thread(() -> feed(worker, worker == doomed));
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    System.out.println(primes + " primes below " + LIMIT + ", in " + pieces + " pieces");
    System.out.println(replaced + " worker was killed, and another did its work");
  }

  /** Gives a worker one piece after the other, and starts another worker if it dies. */
  private void feed(ChildProcess first, boolean isDoomed) {
    ChildProcess worker = first;
    boolean kills = isDoomed;
    try {
      for (Range piece = work.poll(); piece != null; piece = work.poll()) {
        try {
          if (kills) {
            kills = false;
            // As kill -9: it is busy with this piece, or has not even begun.
            worker.process().destroyForcibly();
          }
          primes.addAndGet(new Work.Client(worker.peer()).countPrimes(piece).getPrimes());
          pieces.incrementAndGet();
        } catch (RpcException e) {
          work.add(piece);
          replaced.incrementAndGet();
          worker.close();
          worker = ChildProcess.spawn(command);
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } finally {
      worker.close();
    }
  }
}
