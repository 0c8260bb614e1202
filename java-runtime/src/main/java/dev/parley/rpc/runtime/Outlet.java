package dev.parley.rpc.runtime;

import com.google.protobuf.MessageLite;
import dev.parley.connection.Awaited;
import dev.parley.connection.Offer;
import dev.parley.connection.WaitEnd;
import dev.parley.connection.Waiters;
import dev.parley.rpc.Code;
import dev.parley.rpc.MessageSink;
import dev.parley.rpc.RpcException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Where the messages of one side of a call are sent. Those that find no room wait in the order of
 * their senders; a blocked thread is woken by room, and by the end of the call.
 */
final class Outlet<M extends MessageLite> implements MessageSink<M> {
  /** The call that the messages belong to. */
  interface Target {
    Offer offer(MessageLite message);

    /** Waits on this thread for what the connection brings. */
    WaitEnd await(Waiters sleepers, Awaited what);

    /** Writes what was taken; called without a lock. */
    void flush();

    /** Why the call takes no more messages. */
    RpcException over();

    /** A waiting thread was interrupted; what it throws. */
    RpcException interrupted();
  }

  /** A message that waits for room. */
  private static final class Waiting<M> extends Waiters implements Awaited {
    final M message;

    /** Null: a thread waits. */
    final @Nullable CompletableFuture<Void> future;

    volatile @Nullable Offer end;

    Waiting(M message, @Nullable CompletableFuture<Void> future) {
      this.message = message;
      this.future = future;
    }

    @Override
    public boolean isOver() {
      return end != null;
    }
  }

  private final Target target;
  private final Workers workers;

  /** Guarded by itself; before the connection's lock. */
  private final ArrayDeque<Waiting<M>> waiting = new ArrayDeque<>();

  // Guarded by waiting.
  private boolean finished;

  /** What follows the last message that waits. */
  private @Nullable Runnable last;

  Outlet(Target target, Workers workers) {
    this.target = target;
    this.workers = workers;
  }

  @Override
  public void send(M message) {
    Waiting<M> mine = null;
    Offer offer;
    synchronized (waiting) {
      if (finished) {
        throw afterTheLast();
      }
      offer = waiting.isEmpty() ? target.offer(message) : Offer.NO_ROOM;
      if (offer == Offer.NO_ROOM) {
        mine = new Waiting<>(message, null);
        waiting.add(mine);
      }
    }
    target.flush();
    if (mine != null) {
      offer = await(mine);
    }
    if (offer == Offer.OVER) {
      throw target.over();
    }
  }

  private Offer await(Waiting<M> mine) {
    boolean interrupted = false;
    Offer end;
    while ((end = mine.end) == null) {
      if (target.await(mine, mine) != WaitEnd.INTERRUPTED || !Thread.interrupted()) {
        continue;
      }
      interrupted = true;
      boolean withdrawn;
      synchronized (waiting) {
        withdrawn = waiting.remove(mine);
      }
      if (withdrawn) {
        pump();
        RpcException thrown = target.interrupted();
        Thread.currentThread().interrupt();
        throw thrown;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return end;
  }

  @Override
  public CompletableFuture<Void> sendAsync(M message) {
    CompletableFuture<Void> future = new CompletableFuture<>();
    Offer offer;
    synchronized (waiting) {
      if (finished) {
        return CompletableFuture.failedFuture(afterTheLast());
      }
      offer = waiting.isEmpty() ? target.offer(message) : Offer.NO_ROOM;
      if (offer == Offer.NO_ROOM) {
        waiting.add(new Waiting<>(message, future));
      }
    }
    target.flush();
    if (offer == Offer.TAKEN) {
      future.complete(null);
    } else if (offer == Offer.OVER) {
      future.completeExceptionally(target.over());
    }
    return future;
  }

  /**
   * Takes no more messages, and runs {@code then} once those that wait for room are sent: now, if
   * none does. Without effect the second time.
   */
  void finish(Runnable then) {
    synchronized (waiting) {
      if (finished) {
        return;
      }
      finished = true;
      if (!waiting.isEmpty()) {
        last = then;
        return;
      }
    }
    then.run();
  }

  private static RpcException afterTheLast() {
    return new RpcException(
        Code.FAILED_PRECONDITION, "the stream was finished: no more messages follow");
  }

  /** There may be room, or the call has ended: sends what waits, as far as it goes. */
  void pump() {
    List<Waiting<M>> told = new ArrayList<>();
    Runnable then = null;
    synchronized (waiting) {
      for (Waiting<M> next = waiting.peek(); next != null; next = waiting.peek()) {
        Offer offer = target.offer(next.message);
        if (offer == Offer.NO_ROOM) {
          break;
        }
        next.end = offer;
        waiting.poll();
        told.add(next);
      }
      if (waiting.isEmpty()) {
        then = last;
        last = null;
      }
    }
    if (then != null) {
      then.run();
    }
    target.flush();
    told.forEach(this::tell);
  }

  private void tell(Waiting<M> sent) {
    sent.wake();
    CompletableFuture<Void> future = sent.future;
    if (future == null) {
      return;
    }
    boolean over = sent.end == Offer.OVER;
    workers.execute(
        () -> {
          if (over) {
            future.completeExceptionally(target.over());
          } else {
            future.complete(null);
          }
        });
  }
}
