package dev.parley.rpc.runtime;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import dev.parley.connection.Connection;
import dev.parley.connection.OutgoingCall;
import dev.parley.connection.Timers;
import dev.parley.rpc.Call;
import dev.parley.rpc.Code;
import dev.parley.rpc.MessageSink;
import dev.parley.rpc.MessageStream;
import dev.parley.rpc.Metadata;
import dev.parley.rpc.Method;
import dev.parley.rpc.Outcome;
import dev.parley.rpc.RpcException;
import dev.parley.rpc.Status;
import dev.parley.wire.Envelope;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A call that this side makes. The result is set once, by the thread that ends the call; who waits
 * for it links itself in first and looks for the result after, so that neither can miss the other.
 */
final class ClientCall<Q extends MessageLite, R extends MessageLite> extends OutgoingCall
    implements Call<Q, R> {
  private final Connection connection;
  private final Workers workers;
  private final Method<Q, R> type;

  /** Null while the call is in flight; then the reply, or a {@link Failure}. */
  private volatile @Nullable Object result;

  private volatile Metadata replyMetadata = Metadata.EMPTY;
  private volatile @Nullable Waiter waiters;
  private volatile @Nullable Reply future;
  private volatile Timers.@Nullable Timer timer;

  /** Why a call failed; made into an exception by the thread that is told. */
  private record Failure(Status status, Outcome outcome, Metadata metadata) {
    RpcException exception() {
      return new RpcException(status, outcome, metadata, null);
    }
  }

  /** A thread that waits; a list that only grows while the call is in flight. */
  private record Waiter(Thread thread, @Nullable Waiter next) {}

  ClientCall(
      Connection connection,
      Workers workers,
      Method<Q, R> type,
      Q request,
      List<dev.parley.v1.Metadata> metadata,
      boolean limited,
      long deadline) {
    super(type.fullName(), request, metadata, limited, deadline);
    this.connection = connection;
    this.workers = workers;
    this.type = type;
  }

  @Override
  public R await() {
    Object end = result;
    return valueOf(end == null ? block() : end);
  }

  private Object block() {
    synchronized (this) {
      waiters = new Waiter(Thread.currentThread(), waiters);
    }
    boolean interrupted = false;
    Object end;
    while ((end = result) == null) {
      if (Thread.interrupted()) {
        interrupted = true;
        leave(Code.CANCELLED, "the waiting thread was interrupted");
      } else if (!limited()) {
        LockSupport.park(this);
      } else {
        long left = deadline() - connection.timers().now();
        if (left > 0) {
          LockSupport.parkNanos(this, left);
        } else {
          leave(Code.DEADLINE_EXCEEDED, "the time-out passed");
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return end;
  }

  /** Ends the call from this side; another thread that ends it just now is waited for. */
  private void leave(Code code, String message) {
    connection.leave(this, code.number(), message);
    while (result == null) {
      Thread.onSpinWait();
    }
  }

  @SuppressWarnings("unchecked")
  private R valueOf(Object end) {
    if (end instanceof Failure failure) {
      throw failure.exception();
    }
    return (R) end;
  }

  /** The future of the call; cancelling it cancels the call. */
  private final class Reply extends CompletableFuture<R> {
    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
      boolean cancelled = super.cancel(mayInterruptIfRunning);
      if (cancelled) {
        ClientCall.this.cancel();
      }
      return cancelled;
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
      return new CompletableFuture<>();
    }

    @SuppressWarnings("unchecked")
    void finish(Object end) {
      if (end instanceof Failure failure) {
        completeExceptionally(failure.exception());
      } else {
        complete((R) end);
      }
    }
  }

  @Override
  public CompletableFuture<R> reply() {
    Reply reply;
    synchronized (this) {
      reply = future;
      if (reply != null) {
        return reply;
      }
      reply = new Reply();
      future = reply;
    }
    Object end = result;
    if (end != null) {
      reply.finish(end);
    } else if (limited()) {
      timer =
          connection
              .timers()
              .at(
                  deadline(),
                  () ->
                      connection.leave(
                          this, Code.DEADLINE_EXCEEDED.number(), "the time-out passed"));
      if (result != null) {
        cancelTimer();
      }
    }
    return reply;
  }

  @Override
  public MessageSink<Q> requests() {
    throw new IllegalStateException(type + " is " + type.shape() + ": its client does not stream");
  }

  @Override
  public void finishSending() {
    throw new IllegalStateException(type + " is " + type.shape() + ": its client does not stream");
  }

  @Override
  public MessageStream<R> replies() {
    throw new IllegalStateException(type + " is " + type.shape() + ": its server does not stream");
  }

  @Override
  public void cancel() {
    connection.leave(this, Code.CANCELLED.number(), "the caller cancelled the call");
  }

  @Override
  public Metadata replyMetadata() {
    return replyMetadata;
  }

  private void cancelTimer() {
    Timers.Timer set = timer;
    if (set != null) {
      set.cancel();
    }
  }

  private void finish(Object end) {
    result = end;
    for (Waiter waiter = waiters; waiter != null; waiter = waiter.next) {
      LockSupport.unpark(waiter.thread);
    }
    Reply reply = future;
    if (reply != null) {
      cancelTimer();
      workers.execute(() -> reply.finish(end));
    }
  }

  @Override
  protected void succeeded(Envelope reply) {
    replyMetadata = Statuses.fromWire(reply.metadata());
    Object end;
    try {
      end =
          type.replyDefault()
              .getParserForType()
              .parseFrom(reply.payloadArray(), reply.payloadOffset(), reply.payloadLength());
    } catch (InvalidProtocolBufferException e) {
      end =
          new Failure(
              Status.of(
                  Code.INTERNAL,
                  "C-9: the reply of " + type.fullName() + " cannot be read: " + e.getMessage()),
              Outcome.REPLIED,
              replyMetadata);
    } catch (RuntimeException | Error e) {
      // No memory for it, say: the call is in no table any more, so it must end here.
      finish(
          new Failure(
              Status.of(Code.INTERNAL, "the reply of " + type.fullName() + " could not be taken"),
              Outcome.REPLIED,
              replyMetadata));
      throw e;
    }
    finish(end);
  }

  @Override
  protected void replied(dev.parley.v1.Status why, List<dev.parley.v1.Metadata> metadata) {
    fail(why, metadata, Outcome.REPLIED);
  }

  @Override
  protected void notSent(dev.parley.v1.Status why) {
    fail(why, List.of(), Outcome.NOT_SENT);
  }

  @Override
  protected void rejected(dev.parley.v1.Status why, List<dev.parley.v1.Metadata> metadata) {
    fail(why, metadata, Outcome.REJECTED);
  }

  @Override
  protected void unknown(dev.parley.v1.Status why) {
    fail(why, List.of(), Outcome.UNKNOWN);
  }

  private void fail(
      dev.parley.v1.Status why, List<dev.parley.v1.Metadata> metadata, Outcome outcome) {
    replyMetadata = Statuses.fromWire(metadata);
    finish(new Failure(Statuses.fromWire(why), outcome, replyMetadata));
  }
}
