package dev.parley.connection;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.parley.v1.Code;
import dev.parley.v1.GoAway;
import dev.parley.v1.Hello;
import dev.parley.v1.Status;
import dev.parley.wire.Envelope;
import dev.parley.wire.FrameType;
import dev.parley.wire.WireException;
import org.jspecify.annotations.Nullable;

/**
 * What each arriving frame does. It belongs to the holder of the reading role.
 *
 * <p>A frame that breaks a rule for the whole connection throws {@link WireException}, whose
 * thrower closes; one that breaks a rule for its call alone fails that call.
 */
final class Router {
  private final Object lock;
  private final boolean connecting;
  private final PeerLabel peer;
  private final Settings settings;
  private final Outbox outbox;
  private final OutgoingCalls outgoing;
  private final Replies replies;
  private final EventWindows events;
  private final IncomingCalls incoming;
  private final Arrivals arrivals;
  private final Pings pings;
  private final Ending ending;
  private final Receiver receiver;

  /** What the handshake came to; read by any thread, written by the reading one. */
  private volatile Handshake.@Nullable Agreed agreed;

  /** Whether what is read now was sent before our HELLO, the answer, was written (H-1). */
  private boolean answerWaits;

  private @Nullable Status peersGoodbye;
  private volatile boolean mayReturn = true;

  Router(
      Object lock,
      boolean connecting,
      PeerLabel peer,
      Settings settings,
      Outbox outbox,
      OutgoingCalls outgoing,
      Replies replies,
      EventWindows events,
      IncomingCalls incoming,
      Arrivals arrivals,
      Pings pings,
      Ending ending,
      Receiver receiver) {
    this.lock = lock;
    this.connecting = connecting;
    this.peer = peer;
    this.settings = settings;
    this.outbox = outbox;
    this.outgoing = outgoing;
    this.replies = replies;
    this.events = events;
    this.incoming = incoming;
    this.arrivals = arrivals;
    this.pings = pings;
    this.ending = ending;
    this.receiver = receiver;
  }

  /** What the handshake came to; null before. */
  Handshake.@Nullable Agreed agreed() {
    return agreed;
  }

  /** Whether this side may connect again by itself, as far as the peer has said (G-6). */
  boolean mayReturn() {
    return mayReturn;
  }

  /** Why the peer said goodbye; null if it has not. */
  @Nullable Status peersGoodbye() {
    return peersGoodbye;
  }

  /** Stages this side's HELLO. Under the lock. */
  void stageHello() {
    Hello hello = Handshake.hello(settings);
    outbox.append(
        outbox.header().type(FrameType.HELLO).sentBy(settings.name()),
        hello,
        hello.getSerializedSize());
  }

  /** Whether the answer to HELLO waits until it is known that nothing was sent before it. */
  boolean answerWaits() {
    return answerWaits;
  }

  /**
   * Everything that had arrived has been routed: the answer may go.
   *
   * @param midFrame whether part of a frame is there, which then came too early as well
   */
  void batchDone(boolean midFrame) {
    if (answerWaits) {
      synchronized (lock) {
        outbox.hold(false);
      }
      outbox.flush();
      answerWaits = midFrame;
    }
  }

  void route(Envelope envelope) throws WireException {
    if (agreed == null) {
      greet(envelope);
      return;
    }
    FrameType type = envelope.type();
    if (answerWaits && type != FrameType.GOAWAY) {
      throw fault("H-1", "a frame came before the answer to HELLO");
    }
    if (type == null) {
      return; // F-8: a type of the future.
    }
    switch (type) {
      case HELLO -> throw fault("H-1", "a second HELLO");
      case REQUEST -> request(envelope);
      case RESPONSE -> {
        requireOurs(envelope, true);
        replies.response(envelope);
      }
      case CANCEL -> {
        requireOurs(envelope, false);
        arrivals.cancel(envelope);
      }
      case MESSAGE -> {
        if (isOurs(envelope)) {
          replies.message(envelope);
        } else {
          arrivals.message(envelope);
        }
      }
      case END -> {
        requireOurs(envelope, false);
        arrivals.end(envelope);
      }
      case CREDIT -> credit(envelope);
      case EVENT -> {
        events.arrived(envelope);
        receiver.event(envelope);
      }
      case PING -> {
        synchronized (lock) {
          outbox.appendPong(envelope.id());
        }
      }
      case PONG -> pings.pong(envelope.id());
      case GOAWAY -> goAway(envelope);
    }
  }

  /** The peer's first frame: its HELLO, or its refusal. */
  private void greet(Envelope envelope) throws WireException {
    if (envelope.type() == FrameType.GOAWAY) {
      Status why = goodbyeIn(envelope);
      ending.shut(
          why == null
              ? Faults.of(Code.UNAVAILABLE, "the peer closed before the handshake was done")
              : why);
      return;
    }
    Handshake.Agreed theirs;
    try {
      theirs = Handshake.read(envelope);
    } catch (WireException e) {
      mayReturn = false; // It would say the same again (H-2).
      throw e;
    }
    if (!connecting) {
      Refusal refusal = receiver.admit(theirs.name(), theirs.payload());
      if (refusal != null) {
        ending.fail(refusal.why(), refusal.forGood());
        return;
      }
    }
    synchronized (lock) {
      if (!ending.open()) {
        return;
      }
      agreed = theirs;
      outgoing.open(theirs);
      replies.open(theirs);
      events.open(theirs);
      incoming.open(theirs);
      pings.open(theirs.level());
      if (!connecting) {
        // Whatever this side's application sends at once waits too: the peer must not answer what
        // it has read of us while the look at what came too early is not over (H-1).
        outbox.hold(true);
        stageHello();
      }
    }
    answerWaits = !connecting;
    if (!connecting) {
      peer.set(theirs.name());
    }
    receiver.opened(theirs.name(), theirs.payload());
  }

  private boolean isOurs(Envelope envelope) {
    return ((envelope.id() & 1) == 1) == connecting;
  }

  private void request(Envelope envelope) throws WireException {
    if (envelope.id() <= 0) {
      throw fault("C-1", "REQUEST " + idOf(envelope) + " has an id outside 1 to 2^63-1");
    }
    if (isOurs(envelope)) {
      throw fault("C-1", "REQUEST " + idOf(envelope) + " has the parity of the other side's ids");
    }
    if (envelope.name().isEmpty()) {
      arrivals.goOn(envelope);
    } else {
      arrivals.open(envelope);
    }
  }

  /** Whether the frame's call must have been opened by this side, or else by the peer (C-2). */
  private void requireOurs(Envelope envelope, boolean ours) throws WireException {
    if (isOurs(envelope) != ours) {
      throw fault(
          "C-2",
          envelope.type()
              + " "
              + idOf(envelope)
              + " from the side that "
              + (ours ? "opened" : "serves")
              + " the call");
    }
  }

  private void credit(Envelope envelope) throws WireException {
    if (envelope.credit() == 0) {
      return; // W-3
    }
    if (envelope.id() == 0) {
      events.credit(envelope.credit());
    } else if (isOurs(envelope)) {
      replies.credit(envelope);
    } else {
      arrivals.credit(envelope);
    }
  }

  private void goAway(Envelope envelope) {
    Status said = goodbyeIn(envelope);
    Status why =
        Faults.of(
            Code.UNAVAILABLE,
            said == null
                ? "the peer " + peer + " takes no more calls"
                : "the peer " + peer + " closed the connection: " + Faults.text(said));
    peersGoodbye = why;
    outgoing.goAway(envelope.id(), why);
  }

  /** The status in a GOAWAY; null for a plain goodbye. */
  private @Nullable Status goodbyeIn(Envelope envelope) {
    try {
      GoAway goAway = envelope.parse(GoAway.parser());
      if (goAway.getNoReturn()) {
        mayReturn = false;
      }
      return goAway.getStatus().getCode() == 0 ? null : goAway.getStatus();
    } catch (InvalidProtocolBufferException e) {
      return Faults.of(Code.UNKNOWN, "G-1: the peer's GOAWAY cannot be read");
    }
  }

  private static String idOf(Envelope envelope) {
    return Long.toUnsignedString(envelope.id());
  }

  private static WireException fault(String rule, String text) {
    return new WireException(rule, Code.INTERNAL, text);
  }
}
