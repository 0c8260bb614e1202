package dev.parley.connection;

import com.google.protobuf.MessageLite;
import dev.parley.transport.Credentials;
import dev.parley.transport.Link;
import dev.parley.v1.Code;
import dev.parley.v1.Metadata;
import dev.parley.v1.Status;
import dev.parley.wire.Envelope;
import dev.parley.wire.EnvelopeCodec;
import dev.parley.wire.FrameReader;
import dev.parley.wire.FrameType;
import dev.parley.wire.Limits;
import dev.parley.wire.WireException;
import dev.parley.wire.WireLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One live duplex connection: handshake, calls in flight both ways, events, pings, the goodbye.
 *
 * <p>Symmetric: once both HELLOs are read either side may call. Safe for use by many threads, but
 * for {@link #readable}, which belongs to the holder of the reading role. It owns its link. It
 * knows neither threads nor sockets nor the time but through {@link Driver}, {@link Link} and
 * {@link Timers}, so a test can play all three.
 */
public final class Connection {
  /** How many reads in a row one connection gets before others on the same thread have a turn. */
  private static final int TURNS = 16;

  private final Object lock = new Object();
  private final Link link;
  private final boolean connecting;
  private final Settings settings;
  private final Timers timers;
  private final PeerLabel peer;
  private final FrameReader in = new FrameReader(Limits.HELLO_FRAME);
  private final Envelope envelope = new Envelope();
  private final AtomicBoolean reading = new AtomicBoolean();
  private final Outbox outbox;
  private final OutgoingCalls outgoing;
  private final EventWindows events;
  private final Keepalive keepalive;
  private final Pings pings;
  private final Ending ending;
  private final Router router;
  private final FrameWatch watch;

  /**
   * A connection over a link. Nothing is sent before {@link #start} or {@link #refuse}.
   *
   * @param peer what messages call the peer, until an accepted one has said its name
   * @param connecting whether this side connected, and so speaks first and opens odd ids
   */
  public Connection(
      Link link,
      String peer,
      boolean connecting,
      Settings settings,
      Timers timers,
      Receiver receiver,
      Driver driver) {
    this.link = link;
    this.connecting = connecting;
    this.settings = settings;
    this.timers = timers;
    this.peer = new PeerLabel(peer);
    outbox = new Outbox(lock, link, this.peer, new Writes(driver));
    HeldBytes heldBytes = new HeldBytes();
    outgoing = new OutgoingCalls(lock, outbox, timers, heldBytes, connecting, settings);
    Replies replies = new Replies(lock, outgoing, heldBytes, settings.maxMessage());
    IncomingCalls incoming =
        new IncomingCalls(lock, outbox, timers, heldBytes, settings.maxCalls());
    Arrivals arrivals = new Arrivals(lock, incoming, outbox, timers, heldBytes, settings, receiver);
    events = new EventWindows(lock, outbox, settings.window());
    keepalive =
        new Keepalive(
            lock,
            settings.keepalive(),
            timers,
            outgoing::inFlight,
            () -> ping(PingListener.NONE),
            this::giveUp);
    pings = new Pings(lock, outbox, timers, keepalive);
    ending =
        new Ending(
            lock, link, this.peer, settings, timers, outbox, outgoing, incoming, pings, receiver,
            driver);
    router =
        new Router(
            lock,
            connecting,
            this.peer,
            settings,
            outbox,
            outgoing,
            replies,
            events,
            incoming,
            arrivals,
            pings,
            ending,
            receiver);
    watch = new FrameWatch(timers, ending::fail);
  }

  /** What the outbox tells. */
  private final class Writes implements Outbox.Owner {
    private final Driver driver;

    Writes(Driver driver) {
      this.driver = driver;
    }

    @Override
    public void wantsToWrite(boolean wants) {
      driver.wantsToWrite(wants);
    }

    @Override
    public void writeFailed(IOException failure) {
      ending.writeFailed(failure);
    }

    @Override
    public void drained() {
      ending.outboxDrained();
      ending.checkDrained();
    }
  }

  /** Begins the handshake; the driver may call {@link #readable} from now on. */
  public void start() {
    synchronized (lock) {
      if (ending.greet() && connecting) {
        router.stageHello();
      }
    }
    outbox.flush();
  }

  /** Refuses the peer before anything is read from it (H-4). */
  public void refuse(int code, String message) {
    abort(code, message);
  }

  // --- What the rung above does -------------------------------------------------------------

  /** Who the peer is, by the kernel's word. */
  public Credentials credentials() {
    return link.credentials();
  }

  /** The clock that deadlines are told on. */
  public Timers timers() {
    return timers;
  }

  /** Starts a call, or fails it at once. Never blocks. */
  public void call(OutgoingCall call) {
    outgoing.start(call);
    outbox.flush();
  }

  /**
   * Ends a call for its application; see {@link OutgoingCall}. Without effect once it has ended.
   *
   * @return whether this is what ended it
   */
  public boolean leave(OutgoingCall call, int code, String message) {
    boolean left = outgoing.leave(call, Faults.of(code, message));
    outbox.flush();
    ending.checkDrained();
    return left;
  }

  /**
   * Offers a message to a call whose caller, this side, streams. Never blocks; whoever offered
   * calls {@link #flush}, holding no lock of its own.
   *
   * @return OVER if the call has ended, or ends because of it
   */
  public Offer offer(OutgoingCall call, MessageLite message) {
    return outgoing.offer(call, message);
  }

  /** Says that no more messages follow from this side; without effect the second time. */
  public void finishSending(OutgoingCall call) {
    outgoing.finishSending(call);
    outbox.flush();
  }

  /** Says that a message of the callee's was consumed, or dropped: there is room for more (W-3). */
  public void consumed(OutgoingCall call, long cost) {
    outgoing.consumed(call, cost);
    outbox.flush();
  }

  /** Says that an event was handled, or dropped: there is room for more (W-3). */
  public void eventConsumed(int payload) {
    events.consumed(payload);
    outbox.flush();
  }

  /** Writes what is staged, unless another thread does. */
  public void flush() {
    outbox.flush();
  }

  /**
   * Sends an event. Never blocks.
   *
   * @return null, or why it was not sent
   */
  public @Nullable Status sendEvent(String name, MessageLite event, List<Metadata> metadata) {
    String text = EventNames.fault(name);
    if (text == null) {
      text = Limits.metadataFault(metadata);
    }
    if (text != null) {
      return Faults.of(Code.INVALID_ARGUMENT, text);
    }
    int size = event.getSerializedSize();
    Handshake.Agreed agreed = router.agreed();
    synchronized (lock) {
      Status refusal = ending.refusal();
      if (refusal != null || agreed == null) {
        return refusal;
      }
      if (agreed.level() < 1) {
        return Faults.of(Code.UNIMPLEMENTED, "H-3: the peer's level 0 has no events");
      }
      if (size > agreed.maxMessage()) {
        return Faults.tooLarge("event", size, agreed.maxMessage());
      }
      Envelope frame = outbox.header().type(FrameType.EVENT).name(name).metadata(metadata);
      if ((long) EnvelopeCodec.headerSize(frame, size) + size > agreed.maxFrame()) {
        return Faults.tooLargeForAFrame("event", size, agreed.maxFrame());
      }
      Status full = events.take(size);
      if (full != null) {
        return full;
      }
      outbox.append(frame, event, size);
    }
    outbox.flush();
    return null;
  }

  /** Asks the peer for a sign of life. */
  public void ping(PingListener listener) {
    pings.ping(listener);
    outbox.flush();
  }

  /** Whether calls can be started, as far as both sides are concerned. */
  public boolean takesCalls() {
    return ending.isOpen() && outgoing.takesCalls();
  }

  /** Whether calls can be started, as far as this side is concerned. */
  public boolean isOpen() {
    return ending.isOpen();
  }

  /**
   * Closes gracefully (G-1 to G-3): takes no more calls, lets those in flight finish on both sides,
   * then closes; at the latest after {@link Settings#drainTimeout()}.
   */
  public void close() {
    ending.drain();
  }

  /** Ends the connection now: the peer is told why, and every call ends at once. */
  public void abort(int code, String message) {
    abort(Faults.of(code, message));
  }

  /** Ends the connection now: the peer is told why, and every call ends at once. */
  public void abort(Status why) {
    ending.fail(why);
  }

  // --- What the driver does -----------------------------------------------------------------

  /** Reads what is there, and acts on it. By one thread at a time; never blocks. */
  public void readable() {
    if (!reading.compareAndSet(false, true)) {
      throw new IllegalStateException("two threads read one connection");
    }
    try {
      for (int turn = 0; turn < TURNS; turn++) {
        // What comes after the end is read all the same, and thrown away (G-5).
        ByteBuffer space = ending.isClosing() ? ByteBuffer.allocate(4096) : in.space();
        int room = space.remaining();
        int read = link.read(space);
        if (read < 0) {
          ending.lost(endOfStream());
          return;
        }
        if (read > 0 && !ending.isClosing()) {
          keepalive.heard();
          take(read);
        }
        if (read < room && !(read > 0 && router.answerWaits())) {
          break;
        }
      }
      router.batchDone(in.midFrame());
    } catch (IOException e) {
      Status said = router.peersGoodbye();
      ending.lost(
          said != null
              ? said
              : Faults.of(
                  Code.UNAVAILABLE, "the connection to " + peer + " broke: " + e.getMessage()));
    } finally {
      reading.set(false);
      if (ending.isClosing()) {
        watch.whole();
      }
      outbox.flush();
      ending.checkDrained();
    }
  }

  /** Goes on writing. */
  public void writable() {
    outbox.writable();
  }

  private void take(int read) {
    in.filled(read);
    try {
      while (!ending.isClosing() && in.next(envelope)) {
        watch.whole();
        if (WireLog.on()) {
          WireLog.in(peer.toString(), envelope, in.frameBytes());
        }
        boolean greeting = router.agreed() == null;
        router.route(envelope);
        if (greeting) {
          in.limit(settings.maxFrame());
        }
      }
      watch.look(in.midFrame() && !ending.isClosing());
    } catch (WireException e) {
      ending.fail(Faults.of(e.code(), String.valueOf(e.getMessage())));
    }
  }

  private void giveUp(Status why) {
    ending.fail(why);
  }

  private Status endOfStream() {
    Status said = router.peersGoodbye();
    if (said != null) {
      return said;
    }
    String where = in.midFrame() ? " inside a frame" : "";
    return Faults.of(Code.UNAVAILABLE, "the connection to " + peer + " ended" + where);
  }
}
