package dev.parley.benchmarks.jmh;

import dev.parley.Address;
import dev.parley.Server;
import dev.parley.bench.v1.Bench;
import dev.parley.benchmarks.parley.BenchClient;
import dev.parley.benchmarks.parley.BenchService;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Blocking unary calls of another process, served by this one: what a call costs its server. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class ServedUnaryBenchmark {
  /** So many that asking for them weighs nothing. */
  private static final int CALLS = 10_000;

  @Param("64")
  public int size;

  private @Nullable Server server;
  private @Nullable OtherProcess client;

  @Setup
  public void serve() throws IOException {
    Path folder = Files.createTempDirectory("parley-jmh");
    server =
        Server.builder(Address.path(OtherProcess.socket(folder)))
            .service(Bench.bind(new BenchService()))
            .start();
    client = OtherProcess.start(folder, BenchClient.class, "client");
    client.program().ask("size " + size);
  }

  @TearDown
  public void end() throws IOException {
    Objects.requireNonNull(server).closeNow();
    Objects.requireNonNull(client).close();
  }

  @Benchmark
  @OperationsPerInvocation(CALLS)
  public Object served() throws IOException {
    return Objects.requireNonNull(client).program().ask("calls " + CALLS).orElseThrow();
  }
}
