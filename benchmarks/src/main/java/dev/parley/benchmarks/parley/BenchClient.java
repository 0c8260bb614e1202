package dev.parley.benchmarks.parley;

import com.google.protobuf.ByteString;
import dev.parley.Address;
import dev.parley.Client;
import dev.parley.bench.v1.Bench;
import dev.parley.bench.v1.Blob;
import dev.parley.bench.v1.FlowRequest;
import dev.parley.bench.v1.Nap;
import dev.parley.benchmarks.program.Arguments;
import dev.parley.benchmarks.program.ClientProgram;
import dev.parley.benchmarks.program.EchoClient;
import dev.parley.rpc.MessageStream;
import dev.parley.rpc.RpcException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;

/**
 * The program that calls {@code parley.bench.v1.Bench}: {@code client|first --path P [--poll-micros
 * N]}.
 */
public final class BenchClient implements EchoClient {
  /** The axis of the calls in flight ends here; the default of a server is less. */
  static final int MOST_CALLS = 4096;

  /** A message of 64 MiB with what protobuf puts around it; the default is 64 MiB. */
  static final long LARGEST_MESSAGE = 65L << 20;

  private final Address address;
  private final Client client;
  private final Bench.Client bench;
  private final Deque<Client> idle = new ArrayDeque<>();
  private Blob request = blob(64);

  private BenchClient(Arguments arguments) {
    address = Address.path(arguments.path());
    Client.Builder builder =
        Client.builder(address).service(Bench.bind(new BenchService())).maxMessage(LARGEST_MESSAGE);
    arguments.polling().ifPresent(builder::busyPoll);
    client = builder.connect();
    bench = new Bench.Client(client);
  }

  public static void main(String[] words) throws Exception {
    ClientProgram.run(words, BenchClient::new);
  }

  private static Blob blob(int size) {
    return Blob.newBuilder().setData(ByteString.copyFrom(new byte[size])).build();
  }

  @Override
  public void size(int bytes) {
    request = blob(bytes);
  }

  @Override
  public void call() {
    check(bench.echo(request), request);
  }

  private static void check(Blob reply, Blob request) {
    if (reply.getData().size() != request.getData().size()) {
      throw new IllegalStateException("a reply of " + reply.getData().size() + " bytes");
    }
  }

  @Override
  public boolean isShared() {
    return true;
  }

  @Override
  public Future<?> callAsync() {
    return bench.echoAsync(request);
  }

  @Override
  public void start(Completion completion) {
    var unused =
        bench.echoAsync(request).whenComplete((reply, failure) -> completion.done(failure));
  }

  @Override
  public void callReentrant() {
    check(bench.echoBack(request), request);
  }

  @Override
  public Future<?> sleep(int millis) {
    return bench.sleepAsync(Nap.newBuilder().setMillis(millis).build());
  }

  @Override
  public void transfer(int bytes) {
    Blob large = blob(bytes);
    check(bench.echo(large), large);
  }

  @Override
  public long stream(BooleanSupplier more) {
    int size = request.getData().size();
    long read = 0;
    try (MessageStream<Blob> flow = bench.flow(FlowRequest.newBuilder().setSize(size).build())) {
      while (more.getAsBoolean()) {
        check(flow.next().orElseThrow(), request);
        read++;
      }
    }
    return read;
  }

  @Override
  public int open(int connections) {
    while (idle.size() > connections) {
      idle.removeLast().closeNow();
    }
    try {
      while (idle.size() < connections) {
        idle.addLast(Client.connect(address));
      }
    } catch (RpcException e) {
      System.err.println("after " + idle.size() + " connections: " + e.getMessage());
    }
    return idle.size();
  }

  @Override
  public void close() {
    open(0);
    client.close();
  }
}
