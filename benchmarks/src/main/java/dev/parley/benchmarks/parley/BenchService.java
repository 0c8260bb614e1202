package dev.parley.benchmarks.parley;

import com.google.protobuf.ByteString;
import dev.parley.bench.v1.Bench;
import dev.parley.bench.v1.Blob;
import dev.parley.bench.v1.FlowRequest;
import dev.parley.bench.v1.Nap;
import dev.parley.rpc.CallContext;
import dev.parley.rpc.MessageSink;

/** What every contestant with stubs serves; the client serves it to the server, too. */
public final class BenchService implements Bench.Service {
  @Override
  public Blob echo(Blob request, CallContext context) {
    return request;
  }

  @Override
  public Blob echoBack(Blob request, CallContext context) {
    return new Bench.Client(context.peer()).echo(request);
  }

  @Override
  public Blob sleep(Nap request, CallContext context) throws InterruptedException {
    Thread.sleep(request.getMillis());
    return Blob.getDefaultInstance();
  }

  @Override
  public void flow(FlowRequest request, MessageSink<Blob> replies, CallContext context) {
    Blob message =
        Blob.newBuilder().setData(ByteString.copyFrom(new byte[request.getSize()])).build();
    while (!context.isCancelled()) {
      replies.send(message);
    }
  }
}
