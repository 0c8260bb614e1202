package dev.parley.conformance.peer;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import dev.parley.conformance.program.Line;
import dev.parley.conformance.v1.StreamRequest;
import dev.parley.rpc.Call;
import dev.parley.rpc.CallOptions;
import dev.parley.rpc.Caller;
import dev.parley.rpc.Method;
import dev.parley.rpc.RpcException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * A call of the runner's that streams, in one of the two styles: with futures, or with a thread
 * that blocks for each direction. For one thread.
 */
abstract class StartedStream {
  final Call<StreamRequest, ? extends MessageLite> call;
  private final boolean streamsReplies;
  final List<CompletableFuture<Void>> sends = new ArrayList<>();
  private final Queue<Reading> readings = new ArrayDeque<>();

  private StartedStream(
      Caller caller,
      Method<StreamRequest, ? extends MessageLite> method,
      ByteString payload,
      CallOptions options) {
    StreamRequest request =
        method.shape().clientStreams()
            ? null
            : Messages.parse(StreamRequest.getDefaultInstance(), payload);
    call = caller.start(method, request, options);
    streamsReplies = method.shape().serverStreams();
  }

  static StartedStream start(
      Caller caller,
      Method<StreamRequest, ? extends MessageLite> method,
      ByteString payload,
      CallOptions options,
      boolean blocking) {
    return blocking
        ? new Blocking(caller, method, payload, options)
        : new Async(caller, method, payload, options);
  }

  /** Sends a message, so many times, without waiting. */
  void send(ByteString payload, long times) {
    StreamRequest message = Messages.parse(StreamRequest.getDefaultInstance(), payload);
    for (long time = 0; time < times; time++) {
      sends.add(send(message));
    }
  }

  abstract CompletableFuture<Void> send(StreamRequest message);

  abstract void finish();

  /** Reads so many messages, or to the end, without waiting. */
  void read(long count, boolean whole) {
    Reading reading = new Reading(count, whole);
    readings.add(reading);
    begin(reading);
  }

  abstract void begin(Reading reading);

  abstract void cancel();

  /** Closes what is read, or the stream that is sent where nothing is. */
  void close() {
    if (streamsReplies) {
      call.replies().close();
    } else {
      call.cancel();
    }
  }

  /** Waits until all that was to be sent is sent, or one of it fails. */
  Line awaitSent() throws InterruptedException, ExecutionException {
    long sent = 0;
    for (CompletableFuture<Void> send : sends) {
      try {
        send.get();
        sent++;
      } catch (ExecutionException e) {
        if (e.getCause() instanceof RpcException failure) {
          return Lines.failed(failure).with("sent", sent);
        }
        throw e;
      }
    }
    return new Line("ok").with("sent", sent);
  }

  /** Waits for the end of the oldest reading, and tells it. */
  Line awaitRead() throws InterruptedException, ExecutionException {
    Reading reading = readings.remove();
    reading.done().get();
    return reading.line();
  }

  /** Waits for the end of the call and tells it. */
  Line await() throws InterruptedException {
    try {
      return Lines.replied(awaitReply(), call.replyMetadata());
    } catch (RpcException e) {
      return Lines.failedCall(e, call.replyMetadata());
    }
  }

  abstract MessageLite awaitReply() throws InterruptedException;

  private static final class Async extends StartedStream {
    private CompletableFuture<Void> lastReading = CompletableFuture.completedFuture(null);

    Async(
        Caller caller,
        Method<StreamRequest, ? extends MessageLite> method,
        ByteString payload,
        CallOptions options) {
      super(caller, method, payload, options);
    }

    @Override
    CompletableFuture<Void> send(StreamRequest message) {
      return call.requests().sendAsync(message);
    }

    @Override
    void finish() {
      call.finishSending();
    }

    @Override
    void begin(Reading reading) {
      lastReading = lastReading.thenCompose(nothing -> reading.start(call.replies()));
    }

    @Override
    void cancel() {
      call.cancel();
    }

    @Override
    MessageLite awaitReply() throws InterruptedException {
      try {
        return call.reply().get();
      } catch (ExecutionException e) {
        if (e.getCause() instanceof RpcException failure) {
          throw failure;
        }
        throw new IllegalStateException(e);
      }
    }
  }

  private static final class Blocking extends StartedStream {
    private final Errands sender = new Errands("sender");
    private final Errands reader = new Errands("reader");

    Blocking(
        Caller caller,
        Method<StreamRequest, ? extends MessageLite> method,
        ByteString payload,
        CallOptions options) {
      super(caller, method, payload, options);
    }

    @Override
    CompletableFuture<Void> send(StreamRequest message) {
      sender.then(() -> call.requests().send(message));
      return sender.last();
    }

    @Override
    void finish() {
      sender.then(call::finishSending);
    }

    @Override
    void begin(Reading reading) {
      reader.then(() -> reading.block(call.replies()));
    }

    /** Interrupts who waits; what does not wait ends, and the cancel follows. */
    @Override
    void cancel() {
      Errands busy = reader.isBusy() ? reader : sender;
      if (busy.isBusy()) {
        busy.interrupt();
        busy.then(call::cancel);
      } else {
        call.cancel();
      }
    }

    @Override
    MessageLite awaitReply() {
      try {
        return call.await();
      } finally {
        sender.end();
        reader.end();
      }
    }
  }
}
