package dev.parley.rpc.runtime;

import com.google.protobuf.MessageLite;
import dev.parley.connection.IncomingCall;
import dev.parley.connection.Offer;
import dev.parley.rpc.TopicOptions;
import dev.parley.wire.Limits;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The publications that wait for one subscriber, bounded (T-3). Each knows how many were dropped
 * just before it, so that a subscriber learns of a gap where the gap is. Guarded by its owner.
 */
final class Backlog {
  /** A publication that waits. */
  static final class Waiting {
    final MessageLite message;
    final String publisher;
    final long cost;
    long missed;

    Waiting(MessageLite message, String publisher, long missed) {
      this.message = message;
      this.publisher = publisher;
      this.missed = missed;
      cost = cost(message);
    }
  }

  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
  private long bytes;

  /** Dropped behind the last one that waits. */
  private long missed;

  private static long cost(MessageLite message) {
    return (long) message.getSerializedSize() + Limits.FRAME_COST;
  }

  /** Whether a publication need not wait: it was sent, or nobody wants it any more. */
  boolean offerNow(IncomingCall call, MessageLite message, String publisher) {
    if (!waiting.isEmpty() || call.offer(message, publisher, missed) == Offer.NO_ROOM) {
      return false;
    }
    missed = 0;
    return true;
  }

  /** Has a publication wait, or drops one; false if the subscription is to fail instead. */
  boolean add(MessageLite message, String publisher, TopicOptions options) {
    long cost = cost(message);
    if (cost > options.bound()) {
      missed++;
      return true;
    }
    if (bytes + cost > options.bound()) {
      switch (options.slow()) {
        case DISCONNECT -> {
          return false;
        }
        case DROP_NEWEST -> {
          missed++;
          return true;
        }
        case DROP_OLDEST -> dropOldest(options.bound() - cost);
      }
    }
    bytes += cost;
    waiting.add(new Waiting(message, publisher, missed));
    missed = 0;
    return true;
  }

  private void dropOldest(long room) {
    while (bytes > room) {
      Waiting dropped = waiting.remove();
      bytes -= dropped.cost;
      Waiting next = waiting.peek();
      if (next == null) {
        missed += dropped.missed + 1;
      } else {
        next.missed += dropped.missed + 1;
      }
    }
  }

  /** Takes the one that has waited longest, or null. */
  @Nullable Waiting poll() {
    Waiting next = waiting.poll();
    if (next != null) {
      bytes -= next.cost;
    }
    return next;
  }

  /** Sends what waits, as far as it goes. */
  void drainTo(IncomingCall call) {
    for (Waiting next = waiting.peek(); next != null; next = waiting.peek()) {
      if (call.offer(next.message, next.publisher, next.missed) == Offer.NO_ROOM) {
        return;
      }
      waiting.remove();
      bytes -= next.cost;
    }
  }
}
