package dev.parley.benchmarks.parley;

import com.google.protobuf.ByteString;
import dev.parley.Address;
import dev.parley.Client;
import dev.parley.bench.v1.Bench;
import dev.parley.bench.v1.Blob;
import dev.parley.benchmarks.program.Arguments;
import dev.parley.benchmarks.program.Commands;
import dev.parley.benchmarks.program.EchoClient;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;

/** The program that calls {@code parley.bench.v1.Bench}: {@code client --path P --size N}. */
public final class BenchClient implements EchoClient {
  private final Client client;
  private final Bench.Client bench;
  private final Blob request;

  private BenchClient(Client client, int size) {
    this.client = client;
    this.bench = new Bench.Client(client);
    this.request = Blob.newBuilder().setData(ByteString.copyFrom(new byte[size])).build();
  }

  public static void main(String[] words) throws Exception {
    Arguments arguments = Arguments.of(words);
    Client client = Client.connect(Address.path(arguments.path()));
    try (BenchClient bench = new BenchClient(client, arguments.size())) {
      Commands.answer(bench);
    }
  }

  @Override
  public void roundTrip() {
    bench.echo(request);
  }

  /** One thread sends; whoever completes a call makes room for the next one. */
  @Override
  public long stream(Duration duration, int inFlight) throws InterruptedException {
    Semaphore room = new Semaphore(inFlight);
    LongAdder answered = new LongAdder();
    LongAdder failed = new LongAdder();
    long end = System.nanoTime() + duration.toNanos();
    while (System.nanoTime() - end < 0) {
      room.acquire();
      var unused =
          bench
              .echoAsync(request)
              .whenComplete(
                  (reply, failure) -> {
                    (failure == null ? answered : failed).increment();
                    room.release();
                  });
    }
    room.acquire(inFlight);
    if (failed.sum() > 0) {
      throw new IllegalStateException(failed.sum() + " calls failed");
    }
    return answered.sum();
  }

  @Override
  public void close() {
    client.close();
  }
}
