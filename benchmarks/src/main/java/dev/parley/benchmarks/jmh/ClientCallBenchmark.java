package dev.parley.benchmarks.jmh;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.parley.bench.v1.Bench;
import dev.parley.bench.v1.Blob;
import dev.parley.connection.Connection;
import dev.parley.connection.Settings;
import dev.parley.rpc.Call;
import dev.parley.rpc.CallOptions;
import dev.parley.rpc.runtime.Calling;
import dev.parley.rpc.runtime.ConnectedPeer;
import dev.parley.rpc.runtime.Services;
import dev.parley.rpc.runtime.Workers;
import dev.parley.wire.Envelope;
import dev.parley.wire.FrameType;
import java.time.Duration;
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
 * What a unary call of 64 bytes costs its caller's side, without a socket and without a wait:
 * {@link #replyAlone} is the part of it that is protobuf's.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ClientCallBenchmark {
  private static final int IN_FLIGHT = 256;
  private static final int CALLS = 16 * IN_FLIGHT;

  private final Blob request = Blob.newBuilder().setData(ByteString.copyFrom(new byte[64])).build();
  private final byte[] reply = request.toByteArray();
  private final CallOptions limited = CallOptions.DEFAULT.withTimeout(Duration.ofSeconds(10));
  private int started;
  private int replied;
  private final Workers workers = new Workers("bench", null, Workers.MAX_HANDLERS);
  private final ConnectedPeer peer =
      new ConnectedPeer(
          Services.of(List.of(), List.of()),
          workers,
          Calling.PLAIN,
          "played",
          ConnectedPeer.HelloCheck.NONE,
          greeted -> {});
  private final Connection connection =
      new Connection(
          new Echo(),
          "played",
          true,
          Settings.ofConnecting("bench"),
          new PlayedPeer.NothingDue(),
          peer,
          new PlayedPeer.ByHand());

  /** Answers each REQUEST with its own payload. */
  private static final class Echo extends PlayedPeer {
    private final Envelope answer = new Envelope();

    @Override
    void arrived(Envelope frame) {
      if (frame.type() == FrameType.HELLO) {
        greet();
      } else if (frame.type() == FrameType.REQUEST) {
        answer.clear().type(FrameType.RESPONSE).id(frame.id()).success(true);
        send(answer.payload(frame.payloadArray(), frame.payloadOffset(), frame.payloadLength()));
      }
    }
  }

  @Setup
  public void open() throws InvalidProtocolBufferException {
    PlayedPeer.useParsers();
    peer.join(connection);
    connection.start();
    connection.serve();
  }

  @TearDown
  public void close() {
    connection.abort(0, "done");
    workers.close();
  }

  @Benchmark
  public Blob replyAlone() throws InvalidProtocolBufferException {
    return Blob.parser().parseFrom(reply);
  }

  @Benchmark
  public Blob one() {
    return call(CallOptions.DEFAULT);
  }

  @Benchmark
  public Blob oneWithDeadline() {
    return call(limited);
  }

  private Blob call(CallOptions options) {
    Call<Blob, Blob> call = peer.start(Bench.ECHO, request, options);
    connection.serve();
    return call.await();
  }

  /** Callbacks of replies make the next calls, with {@value #IN_FLIGHT} in flight. */
  @Benchmark
  @OperationsPerInvocation(CALLS)
  public void many() {
    started = 0;
    replied = 0;
    while (started < IN_FLIGHT) {
      start();
    }
    connection.serve();
    if (replied != CALLS) {
      throw new IllegalStateException(replied + " replies");
    }
  }

  private void start() {
    started++;
    var unused =
        peer.callAsync(Bench.ECHO, request, CallOptions.DEFAULT)
            .thenAccept(
                reply -> {
                  replied++;
                  if (started < CALLS) {
                    start();
                  }
                });
  }
}
