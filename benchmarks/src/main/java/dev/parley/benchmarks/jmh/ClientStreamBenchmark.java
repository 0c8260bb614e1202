package dev.parley.benchmarks.jmh;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.parley.bench.v1.Bench;
import dev.parley.bench.v1.Blob;
import dev.parley.bench.v1.FlowRequest;
import dev.parley.connection.Connection;
import dev.parley.connection.Settings;
import dev.parley.rpc.CallOptions;
import dev.parley.rpc.MessageStream;
import dev.parley.rpc.runtime.Calling;
import dev.parley.rpc.runtime.ConnectedPeer;
import dev.parley.rpc.runtime.Services;
import dev.parley.rpc.runtime.Workers;
import dev.parley.wire.Envelope;
import dev.parley.wire.FrameType;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** What a message of 64 bytes of a server's stream costs its reader, without a socket or a wait. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ClientStreamBenchmark {
  private static final int MESSAGES = 256;

  private final Workers workers = new Workers("bench", null, Workers.MAX_HANDLERS);
  private final Flow flow = new Flow();
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
          flow,
          "played",
          true,
          Settings.ofConnecting("bench"),
          new PlayedPeer.NothingDue(),
          peer,
          new PlayedPeer.ByHand());
  private @Nullable MessageStream<Blob> stream;

  /** A field, so that no compiler can do without what is in it. */
  private Optional<Blob> taken = Optional.empty();

  /** Sends messages of the one call there is. */
  private static final class Flow extends PlayedPeer {
    private final byte[] message =
        Blob.newBuilder().setData(ByteString.copyFrom(new byte[64])).build().toByteArray();
    private final Envelope sent = new Envelope();
    private long id;

    @Override
    void arrived(Envelope frame) {
      if (frame.type() == FrameType.HELLO) {
        greet();
      } else if (frame.type() == FrameType.REQUEST) {
        id = frame.id();
      }
    }

    void sendMessages() {
      for (int i = 0; i < MESSAGES; i++) {
        send(sent.clear().type(FrameType.MESSAGE).id(id).payload(message));
      }
    }
  }

  @Setup
  public void open() throws InvalidProtocolBufferException {
    PlayedPeer.useParsers();
    peer.join(connection);
    connection.start();
    connection.serve();
    stream = peer.serverStream(Bench.FLOW, FlowRequest.getDefaultInstance(), CallOptions.DEFAULT);
  }

  @TearDown
  public void close() {
    connection.abort(0, "done");
    workers.close();
  }

  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  public Optional<Blob> next() {
    MessageStream<Blob> from = Objects.requireNonNull(stream);
    flow.sendMessages();
    connection.serve();
    for (int i = 0; i < MESSAGES; i++) {
      taken = from.next();
    }
    return taken;
  }
}
