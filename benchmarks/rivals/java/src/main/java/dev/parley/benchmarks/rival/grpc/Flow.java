package dev.parley.benchmarks.rival.grpc;

import dev.parley.bench.v1.Blob;
import dev.parley.bench.v1.FlowRequest;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;

/** One stream of messages, counted where gRPC delivers them. */
final class Flow extends ClientCall.Listener<Blob> {
  /** How many messages are asked for at once, so that asking costs little. */
  private static final int BATCH = 1024;

  private final ClientCall<FlowRequest, Blob> call;
  private final int size;
  private final BooleanSupplier more;
  private final CountDownLatch ended = new CountDownLatch(1);
  private long count;
  private boolean cancelled;
  private Status status = Status.UNKNOWN;

  private Flow(ClientCall<FlowRequest, Blob> call, int size, BooleanSupplier more) {
    this.call = call;
    this.size = size;
    this.more = more;
  }

  /** Reads while {@code more} holds, then cancels; returns how many messages came. */
  static long read(ManagedChannel channel, int size, BooleanSupplier more)
      throws InterruptedException {
    Flow flow = new Flow(channel.newCall(BenchMethods.FLOW, CallOptions.DEFAULT), size, more);
    flow.call.start(flow, new Metadata());
    flow.call.sendMessage(FlowRequest.newBuilder().setSize(size).build());
    flow.call.halfClose();
    flow.call.request(2 * BATCH);
    flow.ended.await();
    if (!flow.cancelled) {
      throw flow.status.asRuntimeException();
    }
    return flow.count;
  }

  @Override
  public void onMessage(Blob message) {
    if (cancelled) {
      return;
    }
    EchoReply.check(size, message);
    count++;
    if (!more.getAsBoolean()) {
      cancelled = true;
      call.cancel("enough", null);
    } else if (count % BATCH == 0) {
      call.request(BATCH);
    }
  }

  @Override
  public void onClose(Status status, Metadata trailers) {
    this.status = status;
    ended.countDown();
  }
}
