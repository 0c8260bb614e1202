package dev.parley.rpc.runtime;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import dev.parley.connection.Awaited;
import dev.parley.connection.WaitEnd;
import dev.parley.connection.Waiters;
import dev.parley.rpc.MessageIterator;
import dev.parley.rpc.MessageStream;
import dev.parley.rpc.Metadata;
import dev.parley.rpc.RpcException;
import dev.parley.wire.Envelope;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The messages that have come on one call and wait for their reader. The window of the connection
 * bounds them; taking one gives its cost back.
 */
final class Inbox<M extends MessageLite> extends Waiters implements MessageStream<M>, Awaited {
  /** The call that the messages belong to. */
  interface Source {
    /** Waits on this thread for what the connection brings. */
    WaitEnd await(Waiters sleepers, Awaited what);

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

  /** A message that has come. */
  private static class Arrived<M> {
    final M message;
    final long cost;

    Arrived(M message, long cost) {
      this.message = message;
      this.cost = cost;
    }
  }

  /** One of a topic that tells something with it. */
  private static final class Published<M> extends Arrived<M> {
    final String publisher;
    final long missed;

    Published(M message, long cost, String publisher, long missed) {
      super(message, cost);
      this.publisher = publisher;
      this.missed = missed;
    }
  }

  private static <M> Arrived<M> arrived(M message, long cost, Envelope envelope) {
    return envelope.sentBy().isEmpty() && envelope.missed() == 0
        ? new Arrived<>(message, cost)
        : new Published<>(message, cost, envelope.sentBy(), envelope.missed());
  }

  private final M prototype;
  private final Source source;
  private final Workers workers;
  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by lock.
  private final ArrayDeque<Arrived<M>> waiting = new ArrayDeque<>();
  private boolean ended;
  private @Nullable Supplier<RpcException> failure;
  private @Nullable CompletableFuture<Optional<M>> asked;
  private boolean iterated;
  private boolean closed;
  private String publisher = "";
  private long missed;

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
    Arrived<M> arrived = arrived(Messages.parse(prototype, envelope), cost, envelope);
    CompletableFuture<Optional<M>> reader = null;
    boolean dropped;
    lock.lock();
    try {
      dropped = closed;
      if (!dropped) {
        reader = asked;
        asked = null;
        if (reader == null) {
          waiting.add(arrived);
        } else {
          tell(arrived);
        }
      }
    } finally {
      lock.unlock();
    }
    if (reader == null && !dropped) {
      wake();
      return;
    }
    source.consumed(cost);
    if (reader != null) {
      CompletableFuture<Optional<M>> waiter = reader;
      workers.execute(() -> waiter.complete(Optional.of(arrived.message)));
    }
  }

  /** What came with the message that is taken. Under the lock. */
  private void tell(Arrived<M> taken) {
    boolean tells = taken instanceof Published<M>;
    publisher = tells ? ((Published<M>) taken).publisher : "";
    missed = tells ? ((Published<M>) taken).missed : 0;
  }

  @Override
  public long missed() {
    lock.lock();
    try {
      return missed;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public String publisher() {
    lock.lock();
    try {
      return publisher;
    } finally {
      lock.unlock();
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
    } finally {
      lock.unlock();
    }
    wake();
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
  public boolean isOver() {
    lock.lock();
    try {
      return ended || failure != null || !waiting.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Optional<M> next() {
    boolean interrupted = false;
    try {
      while (true) {
        Arrived<M> taken = take();
        if (taken != null) {
          source.consumed(taken.cost);
          return Optional.of(taken.message);
        }
        if (endsHere()) {
          return Optional.empty();
        }
        if (source.await(this, this) == WaitEnd.INTERRUPTED && Thread.interrupted()) {
          RpcException thrown = interrupted ? null : source.interrupted();
          interrupted = true;
          if (thrown != null) {
            throw thrown;
          }
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private @Nullable Arrived<M> take() {
    lock.lock();
    try {
      Arrived<M> taken = waiting.poll();
      if (taken != null) {
        tell(taken);
      }
      return taken;
    } finally {
      lock.unlock();
    }
  }

  /** Whether no more messages come; throws if that is for a failure. */
  private boolean endsHere() {
    lock.lock();
    try {
      if (!waiting.isEmpty()) {
        return false;
      }
      if (failure != null) {
        throw failure.get();
      }
      return ended;
    } finally {
      lock.unlock();
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
      tell(taken);
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
