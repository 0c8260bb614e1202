package dev.parley.benchmarks.jmh;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.parley.bench.v1.Bench;
import dev.parley.bench.v1.Blob;
import dev.parley.benchmarks.parley.BenchService;
import dev.parley.connection.Connection;
import dev.parley.connection.Settings;
import dev.parley.rpc.runtime.Calling;
import dev.parley.rpc.runtime.ConnectedPeer;
import dev.parley.rpc.runtime.Services;
import dev.parley.rpc.runtime.Workers;
import dev.parley.wire.Envelope;
import dev.parley.wire.FrameType;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What a unary call of 64 bytes costs its callee's side, without a socket: {@link #requestAlone} is
 * the part of it that is protobuf's.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ServerCallBenchmark {
  private static final int IN_FLIGHT = 256;

  private final byte[] request =
      Blob.newBuilder().setData(ByteString.copyFrom(new byte[64])).build().toByteArray();
  private final Workers workers = new Workers("bench", null, Workers.MAX_HANDLERS);
  private final ConnectedPeer peer =
      new ConnectedPeer(
          Services.of(List.of(Bench.bind(new BenchService())), List.of()),
          workers,
          Calling.PLAIN,
          "played",
          ConnectedPeer.HelloCheck.NONE,
          greeted -> {});
  private final Asker asker = new Asker();
  private final Connection connection =
      new Connection(
          asker,
          "played",
          false,
          Settings.ofAccepting("bench"),
          new PlayedPeer.NothingDue(),
          peer,
          new PlayedPeer.ByHand());

  /** Sends REQUESTs, and counts RESPONSEs. */
  private final class Asker extends PlayedPeer {
    private final Envelope asked = new Envelope();
    private long id = 1;
    private int answers;

    void ask(long timeoutMicros) {
      asked.clear().type(FrameType.REQUEST).id(id).name(Bench.ECHO.fullName());
      send(asked.timeoutMicros(timeoutMicros).payload(request));
      id += 2;
    }

    @Override
    void arrived(Envelope frame) {
      if (frame.type() == FrameType.RESPONSE && frame.success()) {
        answers++;
      }
    }

    void expect(int count) {
      if (answers != count) {
        throw new IllegalStateException(answers + " answers to " + count + " requests");
      }
      answers = 0;
    }
  }

  @Setup
  public void open() throws InvalidProtocolBufferException {
    PlayedPeer.useParsers();
    peer.join(connection);
    connection.start();
    asker.greet();
    connection.serve();
  }

  @TearDown
  public void close() {
    connection.abort(0, "done");
    workers.close();
  }

  @Benchmark
  public Blob requestAlone() throws InvalidProtocolBufferException {
    return Blob.parser().parseFrom(request);
  }

  @Benchmark
  public void one() {
    asker.ask(0);
    connection.serve();
    asker.expect(1);
  }

  @Benchmark
  public void oneWithDeadline() {
    asker.ask(10_000_000);
    connection.serve();
    asker.expect(1);
  }

  @Benchmark
  @OperationsPerInvocation(IN_FLIGHT)
  public void many() {
    for (int i = 0; i < IN_FLIGHT; i++) {
      asker.ask(0);
    }
    connection.serve();
    asker.expect(IN_FLIGHT);
  }
}
