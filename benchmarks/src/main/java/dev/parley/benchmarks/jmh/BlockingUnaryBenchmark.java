package dev.parley.benchmarks.jmh;

import dev.parley.bench.v1.Blob;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Blocking unary calls over one connection to another process: as many in flight as there are
 * threads ({@code -t}).
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class BlockingUnaryBenchmark {
  @Param({"64", "4096", "1048576"})
  public int size;

  private @Nullable ServedClient served;

  @Setup
  public void connect() throws IOException {
    served = new ServedClient(size);
  }

  @TearDown
  public void disconnect() throws IOException {
    Objects.requireNonNull(served).close();
  }

  @Benchmark
  public Blob blocking() {
    ServedClient to = Objects.requireNonNull(served);
    return to.bench.echo(to.request);
  }
}
