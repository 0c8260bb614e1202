package dev.parley.benchmarks.rival.grpc;

import com.google.protobuf.ByteString;
import dev.parley.bench.v1.Blob;
import dev.parley.bench.v1.Nap;
import dev.parley.benchmarks.program.ClientProgram;
import dev.parley.benchmarks.program.EchoClient;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCalls;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;

/**
 * The program that calls {@code parley.bench.v1.Bench} over gRPC: {@code client|first --path P
 * --executor direct|default}. Its calls are those of a generated stub.
 */
public final class GrpcClient implements EchoClient {
  /** Well below what may wait in the server's backlog. */
  private static final int CONNECTING_AT_ONCE = 100;

  private final UnixTransport transport;
  private final ManagedChannel channel;
  private final Deque<ManagedChannel> more = new ArrayDeque<>();
  private Blob request = blob(64);

  private GrpcClient(UnixTransport transport) {
    this.transport = transport;
    this.channel = transport.channel();
    // Else it would connect with its first call only.
    channel.getState(true);
  }

  public static void main(String[] words) throws Exception {
    ClientProgram.run(words, arguments -> new GrpcClient(UnixTransport.of(arguments)));
  }

  private static Blob blob(int bytes) {
    return Blob.newBuilder().setData(ByteString.copyFrom(new byte[bytes])).build();
  }

  @Override
  public void size(int bytes) {
    request = blob(bytes);
  }

  @Override
  public void call() {
    echo(channel, request);
  }

  private static void echo(ManagedChannel channel, Blob request) {
    Blob reply =
        ClientCalls.blockingUnaryCall(channel, BenchMethods.ECHO, CallOptions.DEFAULT, request);
    EchoReply.check(request.getData().size(), reply);
  }

  @Override
  public boolean isShared() {
    return true;
  }

  @Override
  public Future<?> callAsync() {
    return echoAsync(channel, request);
  }

  private static Future<Blob> echoAsync(ManagedChannel channel, Blob request) {
    return ClientCalls.futureUnaryCall(
        channel.newCall(BenchMethods.ECHO, CallOptions.DEFAULT), request);
  }

  @Override
  public void start(Completion completion) {
    ClientCalls.asyncUnaryCall(
        channel.newCall(BenchMethods.ECHO, CallOptions.DEFAULT),
        request,
        new EchoReply(request.getData().size(), completion));
  }

  @Override
  public Future<?> sleep(int millis) {
    return ClientCalls.futureUnaryCall(
        channel.newCall(BenchMethods.SLEEP, CallOptions.DEFAULT),
        Nap.newBuilder().setMillis(millis).build());
  }

  @Override
  public void transfer(int bytes) {
    echo(channel, blob(bytes));
  }

  @Override
  public long stream(BooleanSupplier more) throws InterruptedException {
    return Flow.read(channel, request.getData().size(), more);
  }

  /** A channel connects when it is first called, so each one is. */
  @Override
  public int open(int connections) throws Exception {
    while (more.size() > connections) {
      more.removeLast().shutdownNow();
    }
    while (more.size() < connections) {
      List<Future<?>> calls = new ArrayList<>();
      while (calls.size() < CONNECTING_AT_ONCE && more.size() < connections) {
        ManagedChannel another = transport.channel();
        more.addLast(another);
        calls.add(echoAsync(another, request));
      }
      for (Future<?> call : calls) {
        call.get();
      }
    }
    return more.size();
  }

  @Override
  public void close() throws Exception {
    open(0);
    channel.shutdownNow();
    transport.close();
  }
}
