package dev.parley;

import com.google.protobuf.MessageLite;
import dev.parley.connection.Loop;
import dev.parley.connection.Timers;
import dev.parley.rpc.Call;
import dev.parley.rpc.CallOptions;
import dev.parley.rpc.Caller;
import dev.parley.rpc.Calls;
import dev.parley.rpc.Code;
import dev.parley.rpc.MessageSink;
import dev.parley.rpc.MessageStream;
import dev.parley.rpc.Metadata;
import dev.parley.rpc.Method;
import dev.parley.rpc.Outcome;
import dev.parley.rpc.RpcException;
import dev.parley.rpc.Status;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A call that waits for a connection, or for its turn: one whose method does not stream. Once it is
 * started it is a call like any other, but that it waits again if it turns out that nothing of it
 * was sent.
 */
final class WaitingCall<Q extends MessageLite, R extends MessageLite>
    implements Call<Q, R>, Waiting {
  private final WaitingRoom room;
  private final Timers timers;
  private final Method<Q, R> method;
  private final Q request;
  private final CallOptions options;

  /** On the clock of the timers; {@link Long#MAX_VALUE}: never. */
  private final long deadline;

  // Guarded by this.
  private CompletableFuture<Call<Q, R>> started = new CompletableFuture<>();
  private @Nullable RpcException end;
  private Timers.@Nullable Timer timer;

  WaitingCall(
      WaitingRoom room, Timers timers, Method<Q, R> method, Q request, CallOptions options) {
    this.room = room;
    this.timers = timers;
    this.method = method;
    this.request = request;
    this.options = options;
    deadline = options.timeout().map(this::deadlineOf).orElse(Long.MAX_VALUE);
  }

  private long deadlineOf(Duration timeout) {
    long now = timers.now();
    return timeout.compareTo(Duration.ofNanos(Long.MAX_VALUE - Math.max(now, 0))) < 0
        ? now + timeout.toNanos()
        : Long.MAX_VALUE;
  }

  /** Looks for a connection, now or as soon as there is one. */
  void begin() {
    synchronized (this) {
      if (deadline != Long.MAX_VALUE) {
        timer =
            timers.at(
                deadline,
                () ->
                    fail(
                        new RpcException(
                            Status.of(
                                Code.DEADLINE_EXCEEDED,
                                "the time-out passed before the call could be started"),
                            Outcome.NOT_SENT,
                            null)));
      }
    }
    room.carry(this);
  }

  @Override
  public void start(Caller ready) {
    CallOptions left = options;
    if (deadline != Long.MAX_VALUE) {
      left = options.withTimeout(Duration.ofNanos(Math.max(deadline - timers.now(), 0)));
    }
    CompletableFuture<Call<Q, R>> waiting;
    synchronized (this) {
      if (end != null) {
        return;
      }
      waiting = started;
    }
    Call<Q, R> call = ready.start(method, request, left);
    if (!waiting.complete(call)) {
      call.cancel();
    }
  }

  @Override
  public void fail(RpcException failure) {
    CompletableFuture<Call<Q, R>> waiting;
    synchronized (this) {
      waiting = started;
      if (waiting.isDone()) {
        return;
      }
      end = failure;
    }
    room.forget(this);
    waiting.complete(Calls.failed(method, failure));
  }

  /** The connection has gone before anything was sent: waits for the next one, if one may come. */
  private boolean waitsAgain(Call<Q, R> call, RpcException failure) {
    synchronized (this) {
      if (failure.outcome() != Outcome.NOT_SENT
          || failure.code() != Code.UNAVAILABLE
          || end != null
          || room.hasStopped()) {
        stopTimer();
        return false;
      }
      if (started.getNow(null) != call) {
        return true; // Another one who waits has seen it too.
      }
      started = new CompletableFuture<>();
    }
    room.carry(this);
    return true;
  }

  private synchronized void stopTimer() {
    if (timer != null) {
      timer.cancel();
    }
  }

  private synchronized CompletableFuture<Call<Q, R>> started() {
    return started;
  }

  /** Waits until the call is started; an interrupt cancels it. */
  private Call<Q, R> awaitStart() {
    CompletableFuture<Call<Q, R>> waiting = started();
    Loop.beforeWaiting();
    boolean interrupted = false;
    while (true) {
      try {
        Call<Q, R> call = waiting.get();
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
        return call;
      } catch (InterruptedException e) {
        interrupted = true;
        fail(
            new RpcException(
                Status.of(Code.CANCELLED, "the waiting thread was interrupted"),
                Outcome.NOT_SENT,
                e));
      } catch (ExecutionException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @Override
  public R await() {
    while (true) {
      Call<Q, R> call = awaitStart();
      try {
        R reply = call.await();
        stopTimer();
        return reply;
      } catch (RpcException e) {
        if (!waitsAgain(call, e)) {
          throw e;
        }
      }
    }
  }

  @Override
  public CompletableFuture<R> reply() {
    CompletableFuture<R> reply =
        new CompletableFuture<>() {
          @Override
          public boolean cancel(boolean mayInterruptIfRunning) {
            boolean cancelled = super.cancel(mayInterruptIfRunning);
            if (cancelled) {
              WaitingCall.this.cancel();
            }
            return cancelled;
          }
        };
    follow(reply);
    return reply;
  }

  private void follow(CompletableFuture<R> reply) {
    var unused = started().thenAccept(call -> follow(call, reply));
  }

  private void follow(Call<Q, R> call, CompletableFuture<R> reply) {
    var unused =
        call.reply()
            .whenComplete(
                (value, thrown) -> {
                  Throwable why =
                      thrown instanceof CompletionException ? thrown.getCause() : thrown;
                  if (why == null) {
                    stopTimer();
                    reply.complete(value);
                  } else if (why instanceof RpcException failure && waitsAgain(call, failure)) {
                    follow(reply);
                  } else {
                    reply.completeExceptionally(why);
                  }
                });
  }

  @Override
  public void cancel() {
    fail(
        new RpcException(
            Status.of(Code.CANCELLED, "the caller cancelled the call"), Outcome.NOT_SENT, null));
    Call<Q, R> call = started().getNow(null);
    if (call != null) {
      call.cancel();
    }
  }

  @Override
  public Metadata replyMetadata() {
    Call<Q, R> call = started().getNow(null);
    return call == null ? Metadata.EMPTY : call.replyMetadata();
  }

  @Override
  public MessageSink<Q> requests() {
    throw new IllegalStateException(method + " is " + method.shape());
  }

  @Override
  public void finishSending() {
    throw new IllegalStateException(method + " is " + method.shape());
  }

  @Override
  public MessageStream<R> replies() {
    throw new IllegalStateException(method + " is " + method.shape());
  }
}
