package dev.parley.connection;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import dev.parley.transport.Credentials;
import dev.parley.transport.Link;
import dev.parley.v1.Code;
import dev.parley.v1.GoAway;
import dev.parley.v1.Hello;
import dev.parley.v1.Metadata;
import dev.parley.v1.Status;
import dev.parley.wire.Envelope;
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

  /** How many bytes of events may wait for the kernel before sending one fails. */
  private static final Status EVENTS_FULL =
      Faults.of(
          Code.RESOURCE_EXHAUSTED,
          "W-5: " + Outbox.ROOM + " bytes wait to be written; the event was not sent");

  private enum Phase {
    /** The peer's HELLO has not been read. */
    GREETING,
    OPEN,
    /** The last frame is staged; what still comes is thrown away (G-5). */
    CLOSING,
    CLOSED
  }

  private final Object lock = new Object();
  private final Link link;
  private final boolean connecting;
  private final Settings settings;
  private final Timers timers;
  private final Receiver receiver;
  private final Driver driver;
  private final String peer;

  private final FrameReader in = new FrameReader(Limits.HELLO_FRAME);
  private final Envelope envelope = new Envelope();
  private final AtomicBoolean reading = new AtomicBoolean();
  private final Outbox outbox;
  private final OutgoingCalls outgoing;
  private final IncomingCalls incoming;
  private final Pings pings;

  // Guarded by the lock.
  private Phase phase = Phase.GREETING;
  private boolean shutDown;
  private Handshake.@Nullable Agreed agreed;
  private @Nullable Status end;
  private Timers.@Nullable Timer greetingTimer;
  private Timers.@Nullable Timer drainTimer;
  private Timers.@Nullable Timer lingerTimer;

  private Timers.@Nullable Timer frameTimer;

  /** Written under the lock; read without it where only a hint is needed. */
  private volatile boolean saidGoodbye;

  // Held by the reading role.
  private boolean answerWaits;
  private long framesRead;
  private long timedFrame = -1;
  private @Nullable Status peersGoodbye;

  /**
   * A connection over a link whose peer's credentials have been accepted. Nothing is sent before
   * {@link #start}.
   *
   * @param connecting whether this side connected, and so speaks first and opens odd ids
   */
  public Connection(
      Link link,
      boolean connecting,
      Settings settings,
      Timers timers,
      Receiver receiver,
      Driver driver) {
    this.link = link;
    this.connecting = connecting;
    this.settings = settings;
    this.timers = timers;
    this.receiver = receiver;
    this.driver = driver;
    this.peer = link.endpoint().toString();
    this.outbox = new Outbox(lock, link, new Writes(), peer);
    this.outgoing = new OutgoingCalls(lock, outbox, timers, connecting);
    this.incoming = new IncomingCalls(lock, outbox, timers, settings.maxCalls());
    this.pings = new Pings(lock, outbox, timers);
  }

  /** Begins the handshake; the driver may call {@link #readable} from now on. */
  public void start() {
    synchronized (lock) {
      if (phase != Phase.GREETING) {
        return;
      }
      greetingTimer =
          timers.at(timers.now() + settings.handshakeTimeout().toNanos(), this::greetingTimedOut);
      if (connecting) {
        stageHello();
      }
    }
    outbox.flush();
  }

  /** Refuses the peer before anything is read from it (H-4). */
  public void refuse(int code, String message) {
    fail(Status.newBuilder().setCode(code).setMessage(message).build());
  }

  private void stageHello() {
    Hello hello = Handshake.hello(settings);
    outbox.append(
        outbox.header().type(FrameType.HELLO).sentBy(settings.name()),
        hello,
        hello.getSerializedSize());
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
    boolean left =
        outgoing.leave(call, Status.newBuilder().setCode(code).setMessage(message).build());
    outbox.flush();
    checkDrained();
    return left;
  }

  /**
   * Sends an event. Never blocks.
   *
   * @return null, or why it was not sent
   */
  public @Nullable Status sendEvent(String name, MessageLite event, List<Metadata> metadata) {
    String text = Limits.nameFault(name);
    if (text == null) {
      text = Limits.metadataFault(metadata);
    }
    if (text != null) {
      return Faults.of(Code.INVALID_ARGUMENT, text);
    }
    int size = event.getSerializedSize();
    synchronized (lock) {
      if (phase != Phase.OPEN || agreed == null) {
        return end == null ? Faults.of(Code.UNAVAILABLE, "the connection is not open") : end;
      }
      if (agreed.level() < 1) {
        return Faults.of(Code.UNIMPLEMENTED, "H-3: the peer's level 0 has no events");
      }
      if (size > agreed.maxFrame() - Limits.NAME - Limits.METADATA_BYTES * 2 - 64) {
        return Faults.of(
            Code.RESOURCE_EXHAUSTED,
            "F-2: event of " + size + " bytes does not fit a frame of " + agreed.maxFrame());
      }
      if (!outbox.hasRoom()) {
        return EVENTS_FULL;
      }
      outbox.append(
          outbox.header().type(FrameType.EVENT).name(name).metadata(metadata), event, size);
    }
    outbox.flush();
    return null;
  }

  /** Asks the peer for a sign of life. */
  public void ping(PingListener listener) {
    pings.ping(listener);
    outbox.flush();
  }

  /** Whether calls can be started. */
  public boolean isOpen() {
    synchronized (lock) {
      return phase == Phase.OPEN && !saidGoodbye;
    }
  }

  /**
   * Closes gracefully (G-1 to G-3): takes no more calls, lets those in flight finish on both sides,
   * then closes; at the latest after {@link Settings#drainTimeout()}.
   */
  public void close() {
    boolean open;
    synchronized (lock) {
      if (phase == Phase.CLOSING || phase == Phase.CLOSED || saidGoodbye) {
        return;
      }
      open = phase == Phase.OPEN;
      if (open) {
        saidGoodbye = true;
        stageGoAway(incoming.drain(), null);
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

  /** Ends the connection now: the peer is told why, and every call ends at once. */
  public void abort(int code, String message) {
    fail(Status.newBuilder().setCode(code).setMessage(message).build());
  }

  // --- What the driver does -----------------------------------------------------------------

  /** Reads what is there, and acts on it. By one thread at a time; never blocks. */
  public void readable() {
    if (!reading.compareAndSet(false, true)) {
      throw new IllegalStateException("two threads read one connection");
    }
    try {
      for (int turn = 0; turn < TURNS; turn++) {
        ByteBuffer space = isClosing() ? ByteBuffer.allocate(4096) : in.space();
        int room = space.remaining();
        int read = link.read(space);
        if (read < 0) {
          lost(endOfStream());
          return;
        }
        if (read > 0) {
          take(read);
        }
        if (read < room) {
          break;
        }
      }
      watchFrame();
    } catch (IOException e) {
      lost(Faults.of(Code.UNAVAILABLE, "the connection to " + peer + " broke: " + e.getMessage()));
    } finally {
      reading.set(false);
      outbox.flush();
      checkDrained();
    }
  }

  /** Goes on writing. */
  public void writable() {
    outbox.writable();
  }

  private void take(int read) {
    if (isClosing()) {
      return;
    }
    in.filled(read);
    try {
      while (in.next(envelope)) {
        framesRead++;
        if (WireLog.on()) {
          WireLog.in(peer, envelope, in.frameBytes());
        }
        dispatch();
        if (isClosing()) {
          return;
        }
      }
    } catch (WireException e) {
      fail(Status.newBuilder().setCode(e.code()).setMessage(e.getMessage()).build());
    }
    if (answerWaits) {
      answerWaits = false;
      outbox.flush();
    }
  }

  private boolean isClosing() {
    synchronized (lock) {
      return phase == Phase.CLOSING || phase == Phase.CLOSED;
    }
  }

  private Status endOfStream() {
    if (peersGoodbye != null) {
      return peersGoodbye;
    }
    String where = in.midFrame() ? " inside a frame" : "";
    return Faults.of(Code.UNAVAILABLE, "the connection to " + peer + " ended" + where);
  }

  /** A frame that has begun must be whole in time (F-4). */
  private void watchFrame() {
    long frame = in.midFrame() ? framesRead : -1;
    if (frame == timedFrame) {
      return;
    }
    timedFrame = frame;
    synchronized (lock) {
      cancel(frameTimer);
      frameTimer = null;
      if (frame >= 0 && phase != Phase.CLOSED) {
        frameTimer = timers.at(timers.now() + Limits.FRAME_NANOS, this::frameTimedOut);
      }
    }
  }

  private void frameTimedOut() {
    fail(
        Faults.of(
            Code.DEADLINE_EXCEEDED,
            "F-4: a frame was not whole "
                + Limits.FRAME_NANOS / 1_000_000_000L
                + " s after its first byte"));
  }

  // --- Frames -------------------------------------------------------------------------------

  private void dispatch() throws WireException {
    if (agreed == null) {
      greet();
      return;
    }
    FrameType type = envelope.type();
    if (answerWaits && type != FrameType.GOAWAY) {
      throw wire("H-1", "a frame came before the answer to HELLO");
    }
    if (type == null) {
      return; // F-8: a type of the future.
    }
    if (envelope.more() && !mayBeCut(type)) {
      throw wire("F-9", type + " cannot go on in another frame");
    }
    if (envelope.more() && envelope.payloadLength() == 0) {
      throw wire("F-9", type + " says that its payload goes on, and has none");
    }
    switch (type) {
      case HELLO -> throw wire("H-1", "a second HELLO");
      case REQUEST -> request();
      case RESPONSE -> response();
      case CANCEL -> cancel();
      case EVENT -> receiver.event(envelope);
      case PING -> {
        synchronized (lock) {
          outbox.appendPong(envelope.id());
        }
      }
      case PONG -> pings.pong(envelope.id());
      case GOAWAY -> goAway();
      case MESSAGE, END, CREDIT -> {} // F-8: above this side's level.
    }
  }

  private static boolean mayBeCut(FrameType type) {
    return type == FrameType.REQUEST || type == FrameType.MESSAGE || type == FrameType.RESPONSE;
  }

  /** The peer's first frame: its HELLO, or its refusal. */
  private void greet() throws WireException {
    if (envelope.type() == FrameType.GOAWAY) {
      Status why = goodbyeOf(envelope);
      shut(
          why == null
              ? Faults.of(Code.UNAVAILABLE, "the peer closed before the handshake was done")
              : why);
      return;
    }
    Handshake.Agreed theirs = Handshake.read(envelope);
    if (!connecting) {
      Status refusal = receiver.admit(theirs.name(), theirs.payload());
      if (refusal != null) {
        fail(refusal);
        return;
      }
    }
    in.limit(settings.maxFrame());
    synchronized (lock) {
      if (phase != Phase.GREETING) {
        return;
      }
      phase = Phase.OPEN;
      agreed = theirs;
      outgoing.open(theirs.maxCalls(), theirs.maxFrame());
      incoming.open(theirs.maxFrame());
      cancel(greetingTimer);
      if (!connecting) {
        stageHello();
      }
    }
    answerWaits = !connecting;
    receiver.opened(theirs.name(), theirs.payload());
  }

  private boolean isOurs(long id) {
    return ((id & 1) == 1) == connecting;
  }

  private void request() throws WireException {
    if (isOurs(envelope.id())) {
      throw wire("C-1", "REQUEST " + idText() + " has the parity of this side's ids");
    }
    if (envelope.name().isEmpty()) {
      incoming.unexpected(envelope, "a REQUEST went on that was whole");
      return;
    }
    IncomingCall call = incoming.open(envelope);
    if (call != null) {
      receiver.request(call, envelope);
    }
  }

  private void response() throws WireException {
    if (!isOurs(envelope.id())) {
      throw wire("C-2", "RESPONSE " + idText() + " from the side that opened the call");
    }
    if (envelope.more()) {
      outgoing.unexpected(envelope, "a RESPONSE came in parts, above the level agreed");
    } else {
      outgoing.response(envelope);
    }
  }

  private void cancel() throws WireException {
    if (isOurs(envelope.id())) {
      throw wire("C-2", "CANCEL " + idText() + " from the side that serves the call");
    }
    incoming.cancel(envelope);
  }

  private void goAway() {
    Status said = goodbyeOf(envelope);
    Status why =
        said == null
            ? Faults.of(Code.UNAVAILABLE, "the peer " + peer + " takes no more calls")
            : Faults.of(
                Code.UNAVAILABLE,
                "the peer "
                    + peer
                    + " closed the connection: "
                    + Code.forNumber(said.getCode())
                    + ": "
                    + said.getMessage());
    peersGoodbye = why;
    outgoing.goAway(envelope.id(), why);
  }

  /** The status in a GOAWAY; null for a plain goodbye. */
  private static @Nullable Status goodbyeOf(Envelope envelope) {
    try {
      GoAway goAway =
          GoAway.parser()
              .parseFrom(
                  envelope.payloadArray(), envelope.payloadOffset(), envelope.payloadLength());
      return goAway.hasStatus() && goAway.getStatus().getCode() != 0 ? goAway.getStatus() : null;
    } catch (InvalidProtocolBufferException e) {
      return Faults.of(Code.UNKNOWN, "G-1: the peer's GOAWAY cannot be read");
    }
  }

  private String idText() {
    return Long.toUnsignedString(envelope.id());
  }

  private static WireException wire(String rule, String text) {
    return new WireException(rule, Code.INTERNAL, text);
  }

  // --- The end ------------------------------------------------------------------------------

  private void stageGoAway(long lastId, @Nullable Status why) {
    GoAway.Builder goAway = GoAway.newBuilder();
    if (why != null) {
      goAway.setStatus(StatusCodec.fit(why, Limits.HELLO_FRAME - 64));
    }
    GoAway payload = goAway.build();
    outbox.append(
        outbox.header().type(FrameType.GOAWAY).id(lastId), payload, payload.getSerializedSize());
  }

  /** Closes because of {@code why}, and tells the peer so. */
  private void fail(Status why) {
    synchronized (lock) {
      if (phase == Phase.CLOSING || phase == Phase.CLOSED) {
        return;
      }
      stageGoAway(incoming.drain(), why);
    }
    shut(
        Faults.of(
            Code.forNumber(why.getCode()) == null ? Code.UNKNOWN : Code.forNumber(why.getCode()),
            why.getMessage() + " (peer " + peer + ")"));
  }

  /** After a graceful goodbye: closes when nothing is left either way (G-3). */
  private void checkDrained() {
    if (!saidGoodbye) {
      return;
    }
    synchronized (lock) {
      if (phase != Phase.OPEN
          || !saidGoodbye
          || outgoing.inFlight() > 0
          || incoming.inFlight() > 0
          || !outbox.isEmpty()) {
        return;
      }
    }
    shut(Faults.of(Code.UNAVAILABLE, "the connection was closed by this side"));
  }

  /** The last frame is staged: ends every call, and lingers for the peer's end (G-5). */
  private void shut(Status why) {
    synchronized (lock) {
      if (phase == Phase.CLOSING || phase == Phase.CLOSED) {
        return;
      }
      phase = Phase.CLOSING;
      end = why;
      cancel(greetingTimer);
      cancel(drainTimer);
      lingerTimer = timers.at(timers.now() + Limits.GOODBYE_NANOS, this::release);
    }
    tell(why);
    outbox.flush();
    shutDownWhenDrained();
  }

  private void shutDownWhenDrained() {
    synchronized (lock) {
      if (phase != Phase.CLOSING || shutDown || !outbox.isEmpty()) {
        return;
      }
      shutDown = true;
    }
    try {
      link.shutdownOutput();
    } catch (IOException e) {
      lost(Faults.of(Code.UNAVAILABLE, "the connection to " + peer + " broke"));
    }
  }

  /** The link gives or takes no more. */
  private void lost(Status why) {
    boolean told;
    synchronized (lock) {
      if (phase == Phase.CLOSED) {
        return;
      }
      told = phase == Phase.CLOSING;
      phase = Phase.CLOSING;
      if (!told) {
        end = why;
      }
    }
    if (!told) {
      tell(why);
    }
    release();
  }

  private void tell(Status why) {
    Status forCalls =
        why.getCode() == Code.UNAVAILABLE.getNumber()
            ? why
            : Faults.of(
                Code.UNAVAILABLE,
                "the connection to "
                    + peer
                    + " ended: "
                    + Code.forNumber(why.getCode())
                    + ": "
                    + why.getMessage());
    outgoing.lost(forCalls);
    incoming.lost(forCalls);
    pings.lost(forCalls);
    receiver.closed(why);
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
      cancel(frameTimer);
    }
    outbox.discard();
    link.close();
    driver.done();
  }

  private static void cancel(Timers.@Nullable Timer timer) {
    if (timer != null) {
      timer.cancel();
    }
  }

  /** What the outbox tells. */
  private final class Writes implements Outbox.Owner {
    @Override
    public void wantsToWrite(boolean wants) {
      driver.wantsToWrite(wants);
    }

    @Override
    public void writeFailed(IOException cause) {
      // The peer's last words may still be readable: they, or the end of the stream, or this bound.
      Status why =
          Faults.of(
              Code.UNAVAILABLE, "the connection to " + peer + " broke: " + cause.getMessage());
      timers.at(timers.now() + Limits.GOODBYE_NANOS, () -> lost(why));
    }

    @Override
    public void drained() {
      shutDownWhenDrained();
      checkDrained();
    }
  }
}
