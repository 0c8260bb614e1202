package dev.parley.benchmarks.rival.grpc;

import dev.parley.bench.v1.Blob;
import dev.parley.benchmarks.program.EchoClient.Completion;
import io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;

/** Turns what gRPC says of one call into a completion. */
final class EchoReply implements StreamObserver<Blob> {
  private final int wanted;
  private final Completion completion;
  private int length;

  /**
   * @param wanted the bytes that the reply must have
   */
  EchoReply(int wanted, Completion completion) {
    this.wanted = wanted;
    this.completion = completion;
  }

  @Override
  public void onNext(Blob reply) {
    length = reply.getData().size();
  }

  @Override
  public void onError(Throwable failure) {
    completion.done(failure);
  }

  @Override
  public void onCompleted() {
    completion.done(failure(wanted, length));
  }

  /** What a reply of that length fails with; null if it is the wanted one. */
  private static @Nullable IllegalStateException failure(int wanted, int length) {
    return length == wanted
        ? null
        : new IllegalStateException("wanted " + wanted + " bytes, got " + length);
  }

  /** Throws unless a reply has the wanted length. */
  static void check(int wanted, Blob reply) {
    @Nullable IllegalStateException failure = failure(wanted, reply.getData().size());
    if (failure != null) {
      throw failure;
    }
  }
}
