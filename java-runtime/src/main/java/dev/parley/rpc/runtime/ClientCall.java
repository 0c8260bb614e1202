package dev.parley.rpc.runtime;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import dev.parley.connection.Awaited;
import dev.parley.connection.Connection;
import dev.parley.connection.OutgoingCall;
import dev.parley.connection.WaitEnd;
import dev.parley.rpc.Call;
import dev.parley.rpc.Code;
import dev.parley.rpc.MessageSink;
import dev.parley.rpc.MessageStream;
import dev.parley.rpc.Metadata;
import dev.parley.rpc.Method;
import dev.parley.rpc.Outcome;
import dev.parley.rpc.RetryPolicy;
import dev.parley.rpc.RpcException;
import dev.parley.rpc.Shape;
import dev.parley.rpc.Status;
import dev.parley.wire.Envelope;
import dev.parley.wire.Fragments;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A call that this side makes. The result is set once, by the thread that ends the call, which then
 * wakes those who wait for it.
 */
final class ClientCall<Q extends MessageLite, R extends MessageLite> extends OutgoingCall
    implements Call<Q, R>, Awaited {
  private final Connection connection;
  private final Workers workers;
  private final Method<Q, R> type;

  /** Null for a unary call. */
  private final @Nullable ClientStreams<Q, R> streams;

  /** Null while the call is in flight; then the reply, a {@link Failure}, or {@link Unread}. */
  private volatile @Nullable Object result;

  private final RetryPolicy retry;

  /** Set when the first attempt has failed or been left. */
  private volatile @Nullable Retries retries;

  private volatile Metadata replyMetadata = Metadata.EMPTY;
  private volatile @Nullable ReplyFuture<R> future;

  ClientCall(
      Connection connection,
      Workers workers,
      Method<Q, R> type,
      @Nullable Q request,
      List<dev.parley.v1.Metadata> metadata,
      boolean limited,
      long deadline,
      RetryPolicy retry) {
    super(type.fullName(), request, type.shape().serverStreams(), metadata, limited, deadline);
    this.connection = connection;
    this.workers = workers;
    this.type = type;
    this.retry = retry;
    this.streams =
        type.shape() == Shape.UNARY ? null : new ClientStreams<>(connection, workers, this, type);
  }

  @Override
  public R await() {
    Object end = result;
    return valueOf(read(end == null ? block() : end));
  }

  @Override
  public boolean isOver() {
    return result != null;
  }

  /**
   * Waits until the call has ended, or its future is done otherwise.
   *
   * @param nanos at most so long; negative: for ever
   */
  void awaitEnd(ReplyFuture<R> future, long nanos) throws InterruptedException {
    long until = nanos < 0 ? NEVER : connection.timers().now() + nanos;
    if (connection.await(this, future, until) == WaitEnd.INTERRUPTED && Thread.interrupted()) {
      throw new InterruptedException();
    }
  }

  private Object block() {
    boolean interrupted = false;
    Object end;
    while ((end = result) == null) {
      switch (connection.await(this, this, deadline())) {
        case INTERRUPTED -> {
          interrupted |= Thread.interrupted();
          leaveAndWait(Code.CANCELLED, "the waiting thread was interrupted");
        }
        case TIME_UP -> leaveAndWait(Code.DEADLINE_EXCEEDED, "the time-out passed");
        case OVER -> {}
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return end;
  }

  /** Somebody hangs on the future, so that no thread of theirs will read. */
  void callbackAwaited() {
    if (result == null) {
      connection.callbackAwaited();
    }
  }

  /** How the call has ended, once it has: the reply, or a {@link Failure}. */
  @Nullable Object result() {
    Object end = result;
    return end == null ? null : read(end);
  }

  /** Reads a long reply: whoever wants it does, and nobody else waits for that. */
  private Object read(Object end) {
    if (!(end instanceof Unread)) {
      return end;
    }
    synchronized (this) {
      Object now = Objects.requireNonNull(result);
      if (now instanceof Unread unread) {
        now = read(unread.fragments);
        result = now;
      }
      return now;
    }
  }

  private Object read(Fragments whole) {
    try {
      return whole.parse(type.replyDefault().getParserForType());
    } catch (InvalidProtocolBufferException e) {
      return unreadable(e);
    } catch (OutOfMemoryError e) {
      return untaken();
    }
  }

  /** A long reply as it came. */
  private record Unread(Fragments fragments) {}

  Workers workers() {
    return workers;
  }

  /** Ends the call from this side; without effect once it has ended. */
  void leave(Code code, String message) {
    if (retry.maxAttempts() == 1) {
      connection.leave(this, code.number(), message);
    } else {
      retries().leave(code, message);
    }
  }

  private Retries retries() {
    Retries made = retries;
    if (made == null) {
      synchronized (this) {
        made = retries;
        if (made == null) {
          made = new Retries(this, connection, retry);
          retries = made;
        }
      }
    }
    return made;
  }

  // What further attempts are made of.

  String methodName() {
    return type.fullName();
  }

  boolean streamsReplies() {
    return type.shape().serverStreams();
  }

  List<dev.parley.v1.Metadata> sentMetadata() {
    return metadata();
  }

  boolean hasDeadline() {
    return limited();
  }

  long endsAt() {
    return deadline();
  }

  MessageLite sentRequest() {
    return Objects.requireNonNull(request(), "a call whose client streams has one attempt");
  }

  /** The attempt that the connection knows; null between two. */
  @Nullable OutgoingCall attempt() {
    Retries more = retries;
    return more == null ? this : more.current();
  }

  /** Ends the call from this side; another thread that ends it just now is waited for. */
  private Object leaveAndWait(Code code, String message) {
    leave(code, message);
    return end();
  }

  /** How the call has ended, which is known, or told by another thread just now. */
  private Object end() {
    Object end;
    while ((end = result) == null) {
      Thread.onSpinWait();
    }
    return end;
  }

  /** A thread that waits for this call's streams was interrupted. */
  RpcException interrupted() {
    return exceptionOf(leaveAndWait(Code.CANCELLED, "the waiting thread was interrupted"));
  }

  /** Why this call takes no more messages. */
  RpcException over() {
    return exceptionOf(end());
  }

  private static RpcException exceptionOf(Object end) {
    return end instanceof Failure failure
        ? failure.exception()
        : new RpcException(Code.FAILED_PRECONDITION, "the call has ended: its reply has come");
  }

  @SuppressWarnings("unchecked")
  private R valueOf(Object end) {
    if (end instanceof Failure failure) {
      throw failure.exception();
    }
    return (R) end;
  }

  @Override
  public CompletableFuture<R> reply() {
    ReplyFuture<R> reply;
    synchronized (this) {
      reply = future;
      if (reply != null) {
        return reply;
      }
      reply = new ReplyFuture<>(this);
      future = reply;
    }
    Object end = result;
    if (end != null) {
      reply.finish(end);
    }
    return reply;
  }

  @Override
  public MessageSink<Q> requests() {
    MessageSink<Q> requests = streams == null ? null : streams.requests();
    if (requests == null) {
      throw notStreaming("client");
    }
    return requests;
  }

  @Override
  public void finishSending() {
    if (streams == null || streams.requests() == null) {
      throw notStreaming("client");
    }
    streams.finishSending();
  }

  @Override
  public MessageStream<R> replies() {
    MessageStream<R> replies = streams == null ? null : streams.replies();
    if (replies == null) {
      throw notStreaming("server");
    }
    return replies;
  }

  private IllegalStateException notStreaming(String side) {
    return new IllegalStateException(
        type + " is " + type.shape() + ": its " + side + " does not stream");
  }

  @Override
  public void cancel() {
    leave(Code.CANCELLED, "the caller cancelled the call");
  }

  @Override
  public Metadata replyMetadata() {
    return replyMetadata;
  }

  /** Ends the call, once. */
  void finish(Object end) {
    result = end;
    wake();
    if (streams != null) {
      streams.ended(end instanceof Failure failure ? failure : null);
    }
    ReplyFuture<R> reply = future;
    if (reply != null && !reply.isWaitedFor()) {
      if (end instanceof Unread) {
        workers.execute(reply);
      } else {
        workers.callBack(connection, reply);
      }
    }
  }

  @Override
  protected void message(Envelope message, long cost) {
    if (streams != null) {
      streams.message(message, cost);
    }
  }

  @Override
  protected void sendable() {
    if (streams != null) {
      streams.pump();
    }
  }

  @Override
  protected void succeeded(Envelope reply) {
    replyMetadata = Statuses.fromWire(reply.metadata());
    Fragments whole = Messages.ifLong(reply);
    if (whole != null && !type.shape().serverStreams()) {
      finish(new Unread(whole));
      return;
    }
    Object end;
    try {
      end =
          type.shape().serverStreams()
              ? type.replyDefault()
              : Messages.parse(type.replyDefault(), reply);
    } catch (InvalidProtocolBufferException e) {
      end = unreadable(e);
    } catch (RuntimeException | Error e) {
      // No memory for it, say: the call is in no table any more, so it must end here.
      finish(untaken());
      throw e;
    }
    finish(end);
  }

  private Failure unreadable(InvalidProtocolBufferException why) {
    return failed("C-9: the reply of " + type.fullName() + " cannot be read: " + why.getMessage());
  }

  private Failure untaken() {
    return failed("the reply of " + type.fullName() + " could not be taken");
  }

  private Failure failed(String text) {
    return new Failure(Status.of(Code.INTERNAL, text), Outcome.REPLIED, replyMetadata);
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
    Failure failure = new Failure(Statuses.fromWire(why), outcome, Statuses.fromWire(metadata));
    if (!goesOn(failure)) {
      replyMetadata = failure.metadata();
      finish(failure);
    }
  }

  /** Whether another attempt follows this failure. */
  private boolean goesOn(Failure failure) {
    return retry.maxAttempts() > 1
        && Retries.allow(type, failure.status(), failure.outcome())
        && retries().again(failure);
  }
}
