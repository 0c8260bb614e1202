package dev.parley.rpc.runtime;

import com.google.protobuf.MessageLite;
import dev.parley.connection.Connection;
import dev.parley.connection.OutgoingCall;
import dev.parley.connection.Timers;
import dev.parley.rpc.Code;
import dev.parley.rpc.Idempotency;
import dev.parley.rpc.Method;
import dev.parley.rpc.Outcome;
import dev.parley.rpc.RetryPolicy;
import dev.parley.rpc.Status;
import dev.parley.v1.Metadata;
import dev.parley.wire.Envelope;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The attempts of one call (C-10). Made when the first has failed or been left, so that a call that
 * succeeds costs nothing more. Safe for use by many threads.
 */
final class Retries {
  private final ClientCall<?, ?> call;
  private final Connection connection;
  private final RetryPolicy policy;

  // Guarded by this.
  private int attempts = 1;

  /** The application has left: no attempt follows. */
  private boolean left;

  /** The call has ended, or ends with the attempt that runs. */
  private boolean over;

  /** Null between two. */
  private @Nullable OutgoingCall current;

  private @Nullable Failure last;
  private Timers.@Nullable Timer backoff;

  Retries(ClientCall<?, ?> call, Connection connection, RetryPolicy policy) {
    this.call = call;
    this.current = call;
    this.connection = connection;
    this.policy = policy;
  }

  /** Whether a call of that method may be tried again after that failure. */
  static boolean allow(Method<?, ?> method, Status status, Outcome outcome) {
    if (status.code() != Code.UNAVAILABLE || method.shape().clientStreams()) {
      return false;
    }
    return switch (outcome) {
      case NOT_SENT, REJECTED -> true;
      case UNKNOWN -> method.idempotency() != Idempotency.UNKNOWN;
      case REPLIED -> false;
    };
  }

  /** One more attempt, which tells the call what becomes of it. */
  private final class Attempt extends OutgoingCall {
    Attempt(MessageLite request) {
      super(
          call.methodName(),
          request,
          call.streamsReplies(),
          call.sentMetadata(),
          call.hasDeadline(),
          call.endsAt());
    }

    @Override
    protected void message(Envelope message, long cost) {
      call.message(message, cost);
    }

    @Override
    protected void succeeded(Envelope reply) {
      call.succeeded(reply);
    }

    @Override
    protected void replied(dev.parley.v1.Status why, List<Metadata> metadata) {
      call.replied(why, metadata);
    }

    @Override
    protected void notSent(dev.parley.v1.Status why) {
      call.notSent(why);
    }

    @Override
    protected void rejected(dev.parley.v1.Status why, List<Metadata> metadata) {
      call.rejected(why, metadata);
    }

    @Override
    protected void unknown(dev.parley.v1.Status why) {
      call.unknown(why);
    }
  }

  /**
   * An attempt has failed.
   *
   * @return whether another one follows, so that the call goes on
   */
  boolean again(Failure failure) {
    boolean takesCalls = connection.takesCalls();
    long wait = waitAfter(attempts());
    long due = connection.timers().now() + wait;
    synchronized (this) {
      current = null;
      boolean late = call.hasDeadline() && call.endsAt() - due <= 0;
      if (left || over || late || !takesCalls || attempts >= policy.maxAttempts()) {
        over = true;
        return false;
      }
      attempts++;
      last = failure;
      backoff = connection.timers().at(due, this::attempt);
    }
    return true;
  }

  private synchronized int attempts() {
    return attempts;
  }

  /** Full jitter: anything from nothing to what has grown so far. */
  private long waitAfter(int attempt) {
    double most = policy.initialBackoff().toNanos() * Math.pow(policy.multiplier(), attempt - 1);
    long bound = (long) Math.min(most, (double) policy.maxBackoff().toNanos());
    return bound <= 0 ? 0 : ThreadLocalRandom.current().nextLong(bound + 1);
  }

  private void attempt() {
    Attempt next;
    synchronized (this) {
      backoff = null;
      if (over) {
        return;
      }
      next = new Attempt(call.sentRequest());
      current = next;
    }
    connection.call(next);
  }

  /** Ends the call for its application, in the middle of an attempt or between two. */
  void leave(Code code, String message) {
    OutgoingCall running;
    Failure ended = null;
    synchronized (this) {
      left = true;
      running = current;
      if (running == null) {
        if (over) {
          return;
        }
        over = true;
        if (backoff != null) {
          backoff.cancel();
        }
        Outcome outcome = last == null ? Outcome.NOT_SENT : last.outcome();
        ended = new Failure(Status.of(code, message), outcome, dev.parley.rpc.Metadata.EMPTY);
      }
    }
    if (running != null) {
      connection.leave(running, code.number(), message);
    } else if (ended != null) {
      call.finish(ended);
    }
  }

  /** The attempt that runs; null between two. */
  synchronized @Nullable OutgoingCall current() {
    return current;
  }
}
