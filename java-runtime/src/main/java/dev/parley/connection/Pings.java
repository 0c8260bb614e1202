package dev.parley.connection;

import dev.parley.v1.Code;
import dev.parley.v1.Status;
import dev.parley.wire.FrameType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The one PING that may be outstanding (P-1): who asks meanwhile shares its answer. */
final class Pings {
  private final Object lock;
  private final Outbox outbox;
  private final Timers timers;
  private final Keepalive keepalive;

  // Guarded by the lock.
  private List<PingListener> listeners = new ArrayList<>();
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

  /** Asks for a sign of life; the caller flushes the outbox afterwards. */
  void ping(PingListener listener) {
    Status fault;
    synchronized (lock) {
      fault = refusal;
      if (fault == null) {
        listeners.add(listener);
        if (listeners.size() == 1) {
          sentAt = timers.now();
          outbox.append(outbox.header().type(FrameType.PING).id(++lastId));
        }
      }
    }
    if (fault != null) {
      listener.failed(fault, false);
    }
  }

  /** A PONG; one that nobody asked for is ignored. */
  void pong(long id) {
    List<PingListener> answered;
    long roundTrip;
    synchronized (lock) {
      if (id != lastId || listeners.isEmpty()) {
        return;
      }
      answered = listeners;
      listeners = new ArrayList<>();
      roundTrip = timers.now() - sentAt;
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
      listeners = new ArrayList<>();
    }
    unanswered.forEach(listener -> listener.failed(why, true));
  }
}
