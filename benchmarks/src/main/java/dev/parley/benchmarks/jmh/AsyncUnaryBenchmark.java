package dev.parley.benchmarks.jmh;

import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Asynchronous unary calls over one connection to another process: one thread sends, and whoever
 * completes a call makes room for the next one.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class AsyncUnaryBenchmark {
  @Param({"64", "4096"})
  public int size;

  @Param({"1", "16", "256"})
  public int inFlight;

  private final Semaphore room = new Semaphore(0);
  private final LongAdder failed = new LongAdder();
  private @Nullable ServedClient served;

  @Setup
  public void connect() throws IOException {
    served = new ServedClient(size);
    room.release(inFlight);
  }

  @TearDown(Level.Iteration)
  public void drain() throws InterruptedException {
    room.acquire(inFlight);
    room.release(inFlight);
    if (failed.sum() > 0) {
      throw new IllegalStateException(failed.sum() + " calls failed");
    }
  }

  @TearDown
  public void disconnect() throws IOException {
    Objects.requireNonNull(served).close();
  }

  @Benchmark
  public void async() throws InterruptedException {
    ServedClient to = Objects.requireNonNull(served);
    room.acquire();
    var unused =
        to.bench
            .echoAsync(to.request)
            .whenComplete(
                (reply, failure) -> {
                  if (failure != null) {
                    failed.increment();
                  }
                  room.release();
                });
  }
}
