package dev.parley.benchmarks.jmh;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.parley.bench.v1.Blob;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * What a call's own messages cost without a call: each side of an echo parses one, and sends one
 * that is there already.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class MessageBenchmark {
  @Param("64")
  public int size;

  private byte[] bytes = new byte[0];

  @Setup
  public void prepare() {
    bytes = Blob.newBuilder().setData(ByteString.copyFrom(new byte[size])).build().toByteArray();
  }

  @Benchmark
  public Blob message() throws InvalidProtocolBufferException {
    return Blob.parseFrom(bytes);
  }
}
