package dev.parley.rpc.runtime;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import dev.parley.rpc.MessageIterator;
import dev.parley.rpc.MessageStream;
import dev.parley.rpc.Metadata;
import dev.parley.rpc.RpcException;
import dev.parley.wire.Envelope;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The messages that have come on one call and wait for their reader. The window of the connection
 * bounds them; taking one gives its cost back.
 */
final class Inbox<M extends MessageLite> implements MessageStream<M> {
  /** The call that the messages belong to. */
  interface Source {
    /** A message of that cost was taken: its sender has room for more. */
    void consumed(long cost);

    /** The reader wants no more. */
    void abandoned();

    /**
     * The reading thread was interrupted.
     *
     * @return what to throw, or null if the call ends because of it, so that the stream fails
     */
    @Nullable RpcException interrupted();

    /** What came with the end of the call. */
    Metadata replyMetadata();
  }

  private record Arrived<M>(M message, long cost) {}

  private final M prototype;
  private final Source source;
  private final Workers workers;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // Guarded by lock.
  private final ArrayDeque<Arrived<M>> waiting = new ArrayDeque<>();
  private boolean ended;
  private @Nullable Supplier<RpcException> failure;
  private @Nullable CompletableFuture<Optional<M>> asked;
  private boolean iterated;
  private boolean closed;

  Inbox(M prototype, Source source, Workers workers) {
    this.prototype = prototype;
    this.source = source;
    this.workers = workers;
  }

  /**
   * A message has come; by the thread that reads.
   *
   * @throws InvalidProtocolBufferException if it does not parse; it is not in the stream then
   */
  void add(Envelope envelope, long cost) throws InvalidProtocolBufferException {
    Arrived<M> arrived = new Arrived<>(Messages.parse(prototype, envelope), cost);
    CompletableFuture<Optional<M>> reader = null;
    lock.lock();
    try {
      if (!closed) {
        reader = asked;
        asked = null;
        if (reader == null) {
          waiting.add(arrived);
          changed.signal();
          return;
        }
      }
    } finally {
      lock.unlock();
    }
    source.consumed(cost);
    if (reader != null) {
      CompletableFuture<Optional<M>> waiter = reader;
      workers.execute(() -> waiter.complete(Optional.of(arrived.message)));
    }
  }

  /** No more messages come. */
  void end() {
    finish(null);
  }

  /** The stream fails behind the messages that have come. */
  void fail(Supplier<RpcException> why) {
    finish(why);
  }

  private void finish(@Nullable Supplier<RpcException> why) {
    CompletableFuture<Optional<M>> reader;
    lock.lock();
    try {
      if (ended || failure != null) {
        return;
      }
      ended = why == null;
      failure = why;
      reader = asked;
      asked = null;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    if (reader != null) {
      workers.execute(
          () -> {
            if (why == null) {
              reader.complete(Optional.empty());
            } else {
              reader.completeExceptionally(why.get());
            }
          });
    }
  }

  @Override
  public Optional<M> next() {
    boolean interrupted = false;
    Arrived<M> taken;
    lock.lock();
    try {
      while ((taken = waiting.poll()) == null) {
        if (failure != null) {
          throw failure.get();
        }
        if (ended) {
          return Optional.empty();
        }
        if (interrupted) {
          changed.awaitUninterruptibly();
          continue;
        }
        try {
          changed.await();
        } catch (InterruptedException e) {
          interrupted = true;
          interrupt();
        }
      }
    } finally {
      lock.unlock();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
    source.consumed(taken.cost);
    return Optional.of(taken.message);
  }

  /** Tells the call, without the lock, as that may fail this stream. */
  private void interrupt() {
    lock.unlock();
    try {
      RpcException thrown = source.interrupted();
      if (thrown != null) {
        throw thrown;
      }
    } finally {
      lock.lock();
    }
  }

  @Override
  public CompletableFuture<Optional<M>> nextAsync() {
    Arrived<M> taken;
    lock.lock();
    try {
      if (asked != null) {
        throw new IllegalStateException("the stream is being read already");
      }
      taken = waiting.poll();
      if (taken == null) {
        if (failure != null) {
          return CompletableFuture.failedFuture(failure.get());
        }
        if (ended) {
          return CompletableFuture.completedFuture(Optional.empty());
        }
        CompletableFuture<Optional<M>> reader = new CompletableFuture<>();
        asked = reader;
        return reader;
      }
    } finally {
      lock.unlock();
    }
    source.consumed(taken.cost);
    return CompletableFuture.completedFuture(Optional.of(taken.message));
  }

  @Override
  public CompletableFuture<Void> forEachAsync(Consumer<? super M> action) {
    ForEach<M> walk = new ForEach<>(this, action);
    workers.execute(walk::walk);
    return walk.done();
  }

  @Override
  public Iterator<M> iterator() {
    lock.lock();
    try {
      if (iterated) {
        throw new IllegalStateException("a stream is iterated once");
      }
      iterated = true;
    } finally {
      lock.unlock();
    }
    return new MessageIterator<>(this);
  }

  @Override
  public Metadata replyMetadata() {
    return source.replyMetadata();
  }

  @Override
  public void close() {
    long unread = 0;
    lock.lock();
    try {
      closed = true;
      for (Arrived<M> message : waiting) {
        unread += message.cost;
      }
      waiting.clear();
    } finally {
      lock.unlock();
    }
    // First of all the sender is told, so that it makes no use of the room that this gives back.
    source.abandoned();
    if (unread > 0) {
      source.consumed(unread);
    }
  }
}
