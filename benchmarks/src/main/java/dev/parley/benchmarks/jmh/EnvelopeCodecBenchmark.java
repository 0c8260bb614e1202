package dev.parley.benchmarks.jmh;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import dev.parley.wire.Envelope;
import dev.parley.wire.EnvelopeCodec;
import dev.parley.wire.FrameType;
import dev.parley.wire.WireException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The envelope of a REQUEST to bytes and back, by hand and by protobuf's own classes. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class EnvelopeCodecBenchmark {
  private static final String METHOD = "parley.bench.v1.Bench/Echo";
  private static final int HEAD = EnvelopeCodec.LENGTH_SIZE;

  @Param({"64", "4096", "1048576"})
  public int size;

  private final Envelope envelope = new Envelope();
  private byte[] payload = new byte[0];
  private byte[] frame = new byte[0];
  private int end;
  private long id;

  @Setup
  public void prepare() {
    payload = new byte[size];
    frame = new byte[size + 256];
    end = encodeByHand();
  }

  @Benchmark
  public int encodeByHand() {
    envelope
        .clear()
        .type(FrameType.REQUEST)
        .id(id += 2)
        .name(METHOD)
        .timeoutMicros(1_000_000)
        .payload(payload);
    return EnvelopeCodec.writeFrame(envelope, frame, 0);
  }

  @Benchmark
  public int decodeByHand() throws WireException {
    EnvelopeCodec.decode(frame, HEAD, end, envelope);
    return envelope.payloadLength();
  }

  @Benchmark
  public byte[] encodeByProtobuf() {
    return dev.parley.v1.Envelope.newBuilder()
        .setType(dev.parley.v1.Envelope.Type.REQUEST)
        .setId(id += 2)
        .setName(METHOD)
        .setTimeoutUs(1_000_000)
        .setPayload(UnsafeByteOperations.unsafeWrap(payload))
        .build()
        .toByteArray();
  }

  @Benchmark
  public ByteString decodeByProtobuf() throws InvalidProtocolBufferException {
    return dev.parley.v1.Envelope.parser().parseFrom(frame, HEAD, end - HEAD).getPayload();
  }
}
