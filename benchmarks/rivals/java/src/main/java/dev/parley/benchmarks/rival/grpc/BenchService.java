package dev.parley.benchmarks.rival.grpc;

import com.google.protobuf.ByteString;
import dev.parley.bench.v1.Blob;
import dev.parley.bench.v1.FlowRequest;
import dev.parley.bench.v1.Nap;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;

/** What the server does. A unary call of gRPC cannot call back, so there is no echo back. */
final class BenchService {
  private BenchService() {}

  static ServerServiceDefinition definition() {
    return ServerServiceDefinition.builder(BenchMethods.SERVICE)
        .addMethod(BenchMethods.ECHO, ServerCalls.asyncUnaryCall(BenchService::echo))
        .addMethod(BenchMethods.SLEEP, ServerCalls.asyncUnaryCall(BenchService::sleep))
        .addMethod(BenchMethods.FLOW, ServerCalls.asyncServerStreamingCall(BenchService::flow))
        .build();
  }

  private static void echo(Blob request, StreamObserver<Blob> reply) {
    reply.onNext(request);
    reply.onCompleted();
  }

  private static void sleep(Nap request, StreamObserver<Blob> reply) {
    try {
      Thread.sleep(request.getMillis());
    } catch (InterruptedException e) {
      reply.onError(e);
      return;
    }
    echo(Blob.getDefaultInstance(), reply);
  }

  private static void flow(FlowRequest request, StreamObserver<Blob> reply) {
    ServerCallStreamObserver<Blob> messages = (ServerCallStreamObserver<Blob>) reply;
    Blob message =
        Blob.newBuilder().setData(ByteString.copyFrom(new byte[request.getSize()])).build();
    // Without this a cancelled call throws from onNext.
    messages.setOnCancelHandler(() -> {});
    messages.setOnReadyHandler(
        () -> {
          while (messages.isReady() && !messages.isCancelled()) {
            messages.onNext(message);
          }
        });
  }
}
