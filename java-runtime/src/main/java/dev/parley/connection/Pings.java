package dev.parley.connection;

import dev.parley.v1.Code;
import dev.parley.v1.Status;
import dev.parley.wire.FrameType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The one PING that may be outstanding (P-1): who asks meanwhile shares its answer, or waits for
 * the one that follows.
 */
final class Pings {
  private final Object lock;
  private final Outbox outbox;
  private final Timers timers;
  private final Keepalive keepalive;

  // Guarded by the lock.
  private List<PingListener> listeners = new ArrayList<>();

  /** They want a PING that is sent after they asked. */
  private List<PingListener> next = new ArrayList<>();

  private long lastId;
  private long sentAt;
  private @Nullable Status refusal = Faults.of(Code.UNAVAILABLE, "the connection is not open yet");

  Pings(Object lock, Outbox outbox, Timers timers, Keepalive keepalive) {
    this.lock = lock;
    this.outbox = outbox;
    this.timers = timers;
    this.keepalive = keepalive;
  }

  /** The handshake is done (H-1). Under the lock. */
  void open(int level) {
    refusal = null;
    keepalive.begin(level);
  }

  /**
   * Asks for a sign of life; the caller flushes the outbox afterwards.
   *
   * @param afresh whether the answer must be to a PING that goes out after this
   */
  void ping(PingListener listener, boolean afresh) {
    Status fault;
    synchronized (lock) {
      fault = refusal;
      if (fault == null) {
        if (listeners.isEmpty()) {
          send();
          listeners.add(listener);
        } else {
          (afresh ? next : listeners).add(listener);
        }
      }
    }
    if (fault != null) {
      listener.failed(fault, false);
    }
  }

  private void send() {
    sentAt = timers.now();
    outbox.append(outbox.header().type(FrameType.PING).id(++lastId));
  }

  /** A PONG; one that nobody asked for is ignored. */
  void pong(long id) {
    List<PingListener> answered;
    long roundTrip;
    boolean again;
    synchronized (lock) {
      if (id != lastId || listeners.isEmpty()) {
        return;
      }
      answered = listeners;
      listeners = next;
      next = new ArrayList<>();
      roundTrip = timers.now() - sentAt;
      again = !listeners.isEmpty();
      if (again) {
        send();
      }
    }
    if (again) {
      outbox.flush();
    }
    answered.forEach(listener -> listener.answered(roundTrip));
  }

  /** The connection has ended. */
  void lost(Status why) {
    List<PingListener> unanswered;
    keepalive.end();
    synchronized (lock) {
      refusal = why;
      unanswered = listeners;
      unanswered.addAll(next);
      listeners = new ArrayList<>();
      next = new ArrayList<>();
    }
    unanswered.forEach(listener -> listener.failed(why, true));
  }
}
