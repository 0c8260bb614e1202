package dev.parley.connection;

import dev.parley.transport.Link;
import dev.parley.v1.Code;
import dev.parley.v1.GoAway;
import dev.parley.v1.Status;
import dev.parley.wire.FrameType;
import dev.parley.wire.Limits;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * How far a connection has come: greeting, open, draining, closing, closed; and how it ends (G-1 to
 * G-5). The first cause wins. Safe for use by many threads.
 */
final class Ending {
  private enum Phase {
    /** The peer's HELLO has not been read. */
    GREETING,
    OPEN,
    /** The last frame is staged; what still comes is thrown away (G-5). */
    CLOSING,
    CLOSED
  }

  private final Object lock;
  private final Link link;
  private final PeerLabel peer;
  private final Settings settings;
  private final Timers timers;
  private final Outbox outbox;
  private final OutgoingCalls outgoing;
  private final IncomingCalls incoming;
  private final Pings pings;
  private final Receiver receiver;
  private final Runnable released;

  /** Written under the lock; read without it where only a hint is needed. */
  private volatile Phase phase = Phase.GREETING;

  // Guarded by the lock.
  private boolean shutDown;
  private @Nullable Status cause;
  private Timers.@Nullable Timer greetingTimer;
  private Timers.@Nullable Timer drainTimer;
  private Timers.@Nullable Timer lingerTimer;

  /** Written under the lock; read without it where only a hint is needed. */
  private volatile boolean saidGoodbye;

  Ending(
      Object lock,
      Link link,
      PeerLabel peer,
      Settings settings,
      Timers timers,
      Outbox outbox,
      OutgoingCalls outgoing,
      IncomingCalls incoming,
      Pings pings,
      Receiver receiver,
      Runnable released) {
    this.lock = lock;
    this.link = link;
    this.peer = peer;
    this.settings = settings;
    this.timers = timers;
    this.outbox = outbox;
    this.outgoing = outgoing;
    this.incoming = incoming;
    this.pings = pings;
    this.receiver = receiver;
    this.released = released;
  }

  /** The handshake begins; false if the connection has ended already. Under the lock. */
  boolean greet() {
    if (phase != Phase.GREETING) {
      return false;
    }
    greetingTimer =
        timers.at(timers.now() + settings.handshakeTimeout().toNanos(), this::greetingTimedOut);
    return true;
  }

  private void greetingTimedOut() {
    synchronized (lock) {
      if (phase != Phase.GREETING) {
        return;
      }
    }
    fail(
        Faults.of(
            Code.DEADLINE_EXCEEDED,
            "H-5: no HELLO within " + settings.handshakeTimeout().toMillis() + " ms"));
  }

  /** The handshake is done; false if the connection has ended meanwhile. Under the lock. */
  boolean open() {
    if (phase != Phase.GREETING) {
      return false;
    }
    phase = Phase.OPEN;
    cancel(greetingTimer);
    return true;
  }

  /** Why nothing can be sent; null while the connection is open. Under the lock. */
  @Nullable Status refusal() {
    if (phase == Phase.OPEN) {
      return null;
    }
    return cause == null ? Faults.of(Code.UNAVAILABLE, "the connection is not open yet") : cause;
  }

  /** Whether calls can be started, as far as this side is concerned. */
  boolean isOpen() {
    return phase == Phase.OPEN && !saidGoodbye;
  }

  /** Whether whatever still arrives is to be thrown away. */
  boolean isClosing() {
    Phase now = phase;
    return now == Phase.CLOSING || now == Phase.CLOSED;
  }

  /**
   * Says goodbye and closes once nothing is left either way, or the drain limit has passed.
   *
   * @param forGood whether the peer is told not to come back by itself
   */
  void drain(boolean forGood) {
    boolean open;
    synchronized (lock) {
      if (phase == Phase.CLOSING || phase == Phase.CLOSED || saidGoodbye) {
        return;
      }
      open = phase == Phase.OPEN;
      if (open) {
        saidGoodbye = true;
        stageGoAway(null, forGood);
        drainTimer =
            timers.at(
                timers.now() + settings.drainTimeout().toNanos(),
                () -> shut(Faults.of(Code.UNAVAILABLE, "G-3: the drain limit has passed")));
      }
    }
    if (open) {
      outbox.flush();
      checkDrained();
    } else {
      shut(Faults.of(Code.CANCELLED, "closed before the handshake was done"));
    }
  }

  /** After a graceful goodbye: closes when nothing is left either way (G-3). */
  void checkDrained() {
    if (!saidGoodbye) {
      return;
    }
    synchronized (lock) {
      if (phase != Phase.OPEN
          || outgoing.inFlight() > 0
          || incoming.inFlight() > 0
          || !outbox.isEmpty()) {
        return;
      }
    }
    shut(Faults.of(Code.UNAVAILABLE, "the connection was closed by this side"));
  }

  /** Closes because of {@code why}, and tells the peer so. */
  void fail(Status why) {
    fail(why, false);
  }

  /** The same; with {@code forGood} the peer is told not to come back by itself. */
  void fail(Status why, boolean forGood) {
    synchronized (lock) {
      if (phase == Phase.CLOSING || phase == Phase.CLOSED) {
        return;
      }
      stageGoAway(why, forGood);
      outbox.seal();
    }
    Code code = Code.forNumber(why.getCode());
    shut(Faults.of(code == null ? Code.UNKNOWN : code, why.getMessage() + " (peer " + peer + ")"));
  }

  private void stageGoAway(@Nullable Status why, boolean forGood) {
    GoAway.Builder goAway = GoAway.newBuilder().setNoReturn(forGood);
    if (why != null) {
      goAway.setStatus(StatusCodec.fit(why, Limits.HELLO_FRAME - 64));
    }
    GoAway payload = goAway.build();
    outbox.append(
        outbox.header().type(FrameType.GOAWAY).id(incoming.drain()),
        payload,
        payload.getSerializedSize());
  }

  /** The last frame is staged: ends every call, and lingers for the peer's end (G-5). */
  void shut(Status why) {
    synchronized (lock) {
      if (phase == Phase.CLOSING || phase == Phase.CLOSED) {
        return;
      }
      phase = Phase.CLOSING;
      cause = why;
      cancel(greetingTimer);
      cancel(drainTimer);
      lingerTimer = timers.at(timers.now() + Limits.GOODBYE_NANOS, this::release);
    }
    tell(why, !outbox.isBroken());
    outbox.flush();
    outboxDrained();
  }

  /** Everything staged has been written: after the last frame, this side's stream ends. */
  void outboxDrained() {
    if (phase != Phase.CLOSING) {
      return; // Whoever sets it looks itself.
    }
    synchronized (lock) {
      if (phase == Phase.CLOSING && !shutDown && outbox.isEmpty()) {
        shutDown = true;
      } else {
        return;
      }
    }
    try {
      link.shutdownOutput();
    } catch (IOException e) {
      lost(Faults.of(Code.UNAVAILABLE, "the connection to " + peer + " broke"));
    }
  }

  /** The link takes nothing any more; the peer's last words may still be readable, for a moment. */
  void writeFailed(IOException failure) {
    Status why =
        Faults.of(
            Code.UNAVAILABLE, "the connection to " + peer + " broke: " + failure.getMessage());
    synchronized (lock) {
      if (phase == Phase.CLOSED) {
        return;
      }
      if (lingerTimer == null) {
        lingerTimer = timers.at(timers.now() + Limits.GOODBYE_NANOS, () -> lost(why));
      }
    }
  }

  /** The link gives no more. */
  void lost(Status why) {
    boolean told;
    synchronized (lock) {
      if (phase == Phase.CLOSED) {
        return;
      }
      told = phase == Phase.CLOSING;
      phase = Phase.CLOSING;
      if (!told) {
        cause = why;
      }
    }
    if (!told) {
      tell(why, false);
    }
    release();
  }

  private void tell(Status why, boolean writesOn) {
    Status forCalls =
        why.getCode() == Code.UNAVAILABLE.getNumber()
            ? why
            : Faults.of(
                Code.UNAVAILABLE, "the connection to " + peer + " ended: " + Faults.text(why));
    outgoing.lost(forCalls, writesOn);
    incoming.lost(forCalls);
    pings.lost(forCalls);
    receiver.closed(why);
    outbox.runLater();
  }

  private void release() {
    synchronized (lock) {
      if (phase == Phase.CLOSED) {
        return;
      }
      phase = Phase.CLOSED;
      cancel(greetingTimer);
      cancel(drainTimer);
      cancel(lingerTimer);
    }
    outbox.discard();
    outbox.forget();
    link.close();
    released.run();
  }

  private static void cancel(Timers.@Nullable Timer timer) {
    if (timer != null) {
      timer.cancel();
    }
  }
}
