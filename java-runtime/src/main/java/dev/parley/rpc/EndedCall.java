package dev.parley.rpc;

import com.google.protobuf.MessageLite;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A call that has ended before it began. */
final class EndedCall<Q extends MessageLite, R extends MessageLite> implements Call<Q, R> {
  private final Method<Q, R> method;
  private final R reply;
  private final List<R> messages;
  private final @Nullable RpcException failure;

  EndedCall(Method<Q, R> method, R reply, List<R> messages, @Nullable RpcException failure) {
    this.method = method;
    this.reply = reply;
    this.messages = List.copyOf(messages);
    this.failure = failure;
  }

  @Override
  public R await() {
    if (failure != null) {
      throw failure;
    }
    return reply;
  }

  @Override
  public CompletableFuture<R> reply() {
    return failure == null
        ? CompletableFuture.completedFuture(reply)
        : CompletableFuture.failedFuture(failure);
  }

  @Override
  public MessageSink<Q> requests() {
    if (!method.shape().clientStreams()) {
      throw new IllegalStateException(method + " is " + method.shape());
    }
    return message -> {
      throw failure != null
          ? failure
          : new RpcException(Code.FAILED_PRECONDITION, "the call has ended: its reply has come");
    };
  }

  @Override
  public void finishSending() {
    if (!method.shape().clientStreams()) {
      throw new IllegalStateException(method + " is " + method.shape());
    }
  }

  @Override
  public MessageStream<R> replies() {
    if (!method.shape().serverStreams()) {
      throw new IllegalStateException(method + " is " + method.shape());
    }
    return new Ended();
  }

  @Override
  public void cancel() {}

  @Override
  public Metadata replyMetadata() {
    return failure == null ? Metadata.EMPTY : failure.metadata();
  }

  /** The messages, and then the end or the failure. */
  private final class Ended implements MessageStream<R> {
    private final ArrayDeque<R> left = new ArrayDeque<>(messages);

    @Override
    public Optional<R> next() {
      R message = left.poll();
      if (message == null && failure != null) {
        throw failure;
      }
      return Optional.ofNullable(message);
    }

    @Override
    public CompletableFuture<Optional<R>> nextAsync() {
      try {
        return CompletableFuture.completedFuture(next());
      } catch (RpcException e) {
        return CompletableFuture.failedFuture(e);
      }
    }

    @Override
    public CompletableFuture<Void> forEachAsync(Consumer<? super R> action) {
      try {
        for (R message : this) {
          action.accept(message);
        }
        return CompletableFuture.completedFuture(null);
      } catch (RuntimeException e) {
        return CompletableFuture.failedFuture(e);
      }
    }

    @Override
    public Iterator<R> iterator() {
      return new MessageIterator<>(this);
    }

    @Override
    public Metadata replyMetadata() {
      return EndedCall.this.replyMetadata();
    }

    @Override
    public void close() {
      left.clear();
    }
  }
}
