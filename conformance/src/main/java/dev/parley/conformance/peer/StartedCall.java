package dev.parley.conformance.peer;

import com.google.protobuf.ByteString;
import dev.parley.conformance.program.Line;
import dev.parley.rpc.Call;
import dev.parley.rpc.CallOptions;
import dev.parley.rpc.Caller;
import dev.parley.rpc.RpcException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A call of the runner's, in one of the two styles: a future, or a thread that blocks. For one
 * thread.
 */
abstract class StartedCall {
  static StartedCall start(
      Caller caller, String method, ByteString payload, CallOptions options, boolean blocking) {
    return blocking
        ? new Blocking(caller, method, payload, options)
        : new Async(caller, method, payload, options);
  }

  abstract void cancel();

  /** Waits for its end and tells it. */
  abstract Line await() throws InterruptedException;

  private static final class Async extends StartedCall {
    private final Call<?, ?> call;
    private final CompletableFuture<?> reply;

    Async(Caller caller, String method, ByteString payload, CallOptions options) {
      call = Messages.start(caller, method, payload, options);
      reply = call.reply();
    }

    @Override
    void cancel() {
      reply.cancel(false);
    }

    @Override
    Line await() throws InterruptedException {
      try {
        return Lines.replied(reply.get(), call.replyMetadata());
      } catch (CancellationException e) {
        // The future tells no more; the call itself does.
        return awaitCall();
      } catch (ExecutionException e) {
        if (e.getCause() instanceof RpcException failure) {
          return Lines.failedCall(failure, call.replyMetadata());
        }
        throw new IllegalStateException(e);
      }
    }

    private Line awaitCall() {
      try {
        return Lines.replied(call.await(), call.replyMetadata());
      } catch (RpcException e) {
        return Lines.failedCall(e, call.replyMetadata());
      }
    }
  }

  private static final class Blocking extends StartedCall {
    private final Thread thread;
    private volatile @Nullable Line result;

    Blocking(Caller caller, String method, ByteString payload, CallOptions options) {
      thread = new Thread(() -> result = call(caller, method, payload, options), "caller");
      thread.setDaemon(true);
      thread.start();
    }

    private static Line call(
        Caller caller, String method, ByteString payload, CallOptions options) {
      Call<?, ?> call = Messages.start(caller, method, payload, options);
      try {
        return Lines.replied(call.await(), call.replyMetadata());
      } catch (RpcException e) {
        return Lines.failedCall(e, call.replyMetadata());
      }
    }

    @Override
    void cancel() {
      thread.interrupt();
    }

    @Override
    Line await() throws InterruptedException {
      thread.join();
      Line ended = result;
      if (ended == null) {
        throw new IllegalStateException("the call's thread died");
      }
      return ended;
    }
  }
}
