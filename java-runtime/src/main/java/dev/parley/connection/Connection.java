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
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One live duplex connection: handshake, calls in flight both ways, events, pings, the goodbye.
 *
 * <p>Symmetric: once both HELLOs are read either side may call. Safe for use by many threads, but
 * for what belongs to the holder of the reading role. It owns its link. It knows neither threads
 * nor sockets nor the time but through {@link Driver}, {@link Link} and {@link Timers}, so a test
 * can play all three.
 */
public final class Connection {
  /** How many reads in a row one connection gets before others on the same thread have a turn. */
  private static final int TURNS = 16;

  private static final SafeLog LOG = new SafeLog("dev.parley.connection");

  private final Object lock = new Object();
  private final Link link;
  private final boolean connecting;
  private final Settings settings;
  private final Timers timers;
  private final PeerLabel peer;
  private final FrameReader in = new FrameReader(Limits.HELLO_FRAME);
  private final Envelope envelope = new Envelope();
  private final Reading reading = new Reading();
  private final ArrayDeque<UserCode> userCode = new ArrayDeque<>(2);
  private final Driver driver;
  private final Readers readers;
  private final HeldBytes heldBytes = new HeldBytes();
  private final Outbox outbox;
  private final OutgoingCalls outgoing;
  private final EventWindows events;
  private final Keepalive keepalive;
  private final Pings pings;
  private final Ending ending;
  private final Router router;
  private final FrameWatch watch;

  // Held by the reading role.
  private boolean mayHaveMore;
  private boolean isLost;
  private boolean handedOut;

  /** The loop's thread while that reads and runs user code; each thread looks for itself only. */
  private volatile @Nullable Thread loopThread;

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
    this.driver = driver;
    readers = new Readers(this, link, timers, driver, reading, new BusyPoll(settings.busyPoll()));
    outbox = new Outbox(lock, link, this.peer, new Writes());
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
            lock,
            link,
            this.peer,
            settings,
            timers,
            outbox,
            outgoing,
            incoming,
            pings,
            receiver,
            this::released);
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
    @Override
    public void wantsToWrite(boolean wants) {
      driver.wantsToWrite(wants);
    }

    @Override
    public boolean flushesSoon() {
      return driver.flushesSoon();
    }

    @Override
    public boolean inviteToFlush() {
      return driver.inviteToFlush();
    }

    @Override
    public boolean isLoopThread() {
      return loopThread == Thread.currentThread();
    }

    @Override
    public void writeFailed(IOException failure) {
      ending.writeFailed(failure);
    }

    @Override
    public void stagingFailed(Throwable cause) {
      fault(cause);
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
    if (outgoing.consumed(call, cost)) {
      outbox.flush();
    }
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
    pings.ping(listener, false);
    outbox.flush();
  }

  /** The same, by a PING behind all that was sent before: its answer says that this was read. */
  public void pingBehind(PingListener listener) {
    pings.ping(listener, true);
    outbox.flush();
  }

  /** How many calls of this side run or wait for a slot. */
  public int callsInFlight() {
    synchronized (lock) {
      return outgoing.inFlight();
    }
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
    close(false);
  }

  /** As {@link #close()}; with {@code forGood} the peer is told not to connect again by itself. */
  public void close(boolean forGood) {
    ending.drain(forGood);
  }

  /**
   * Whether this side may connect again by itself once this connection has ended: not if the peer
   * has said so, or has said a HELLO that will not do (G-6).
   */
  public boolean mayReturn() {
    return router.mayReturn();
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

  /** Who may read. */
  Reading reading() {
    return reading;
  }

  /** The threads that wait for something of this connection. */
  Readers readers() {
    return readers;
  }

  /**
   * Reads what is there, and acts on it; never blocks. For a driver that lends nobody the reading:
   * what is the user's code goes to workers.
   */
  public void readable() {
    if (!reading.take(Reading.Holder.LOOP)) {
      throw new IllegalStateException("two threads read one connection");
    }
    try {
      readBatch();
    } finally {
      reading.release();
    }
  }

  /**
   * As {@link #readable}, but runs the user's code on this thread, between the frames: for a driver
   * that has one thread for everything. That code must not wait for this connection.
   */
  public void serve() {
    if (!reading.take(Reading.Holder.LOOP)) {
      throw new IllegalStateException("two threads read one connection");
    }
    readsAsLoop(true);
    try {
      while (fill() > 0) {
        do {
          for (UserCode task = nextUserCode(); task != null; task = nextUserCode()) {
            task.run();
          }
        } while (routeNext());
        settle();
      }
    } finally {
      readsAsLoop(false);
      reading.release();
    }
  }

  /**
   * Reads what is there, in so many turns at most, and acts on it. By the holder of the reading
   * role.
   *
   * @return how many bytes came; negative at the end
   */
  int readBatch() {
    int sum = 0;
    for (int turn = 0; turn < TURNS; turn++) {
      int read = fill();
      if (read < 0) {
        sum = read;
        break;
      }
      sum += read;
      while (routeNext()) {}
      if (!mayHaveMore()) {
        break;
      }
    }
    if (sum != 0 || ending.isClosing()) {
      settle();
    }
    return sum;
  }

  /**
   * Reads once; frames are then taken by {@link #routeNext}. By the holder of the reading role,
   * when that has said false.
   *
   * @return how many bytes came; negative at the end
   */
  int fill() {
    mayHaveMore = false;
    if (isLost) {
      return -1;
    }
    try {
      // What comes after the end is read all the same, and thrown away (G-5).
      boolean closing = ending.isClosing();
      ByteBuffer space = closing ? ByteBuffer.allocate(4096) : in.space();
      int room = space.remaining();
      int read = link.read(space);
      if (read < 0) {
        isLost = true;
        ending.lost(endOfStream());
        return read;
      }
      if (read > 0 && !closing) {
        keepalive.heard();
        in.filled(read);
      }
      mayHaveMore = read == room || (read > 0 && router.answerWaits());
      return read;
    } catch (IOException e) {
      isLost = true;
      Status said = router.peersGoodbye();
      ending.lost(
          said != null
              ? said
              : Faults.of(
                  Code.UNAVAILABLE, "the connection to " + peer + " broke: " + e.getMessage()));
      return -1;
    }
  }

  /** Whether the last {@link #fill} did not take all that was there. */
  boolean mayHaveMore() {
    return mayHaveMore;
  }

  /** Acts on the next frame that has come whole; false if there is none. */
  boolean routeNext() {
    try {
      if (ending.isClosing()) {
        return false;
      }
      if (!in.next(envelope)) {
        watch.look(in.midFrame());
        return false;
      }
      watch.whole();
      if (WireLog.on()) {
        WireLog.in(peer.toString(), envelope, in.frameBytes());
      }
      boolean greeting = router.agreed() == null;
      router.route(envelope);
      if (greeting) {
        in.limit(settings.maxFrame());
      }
      return true;
    } catch (WireException e) {
      ending.fail(Faults.of(e.code(), String.valueOf(e.getMessage())));
      return false;
    }
  }

  /** All that has come is acted on: what came of it is written. By the holder of the role. */
  void settle() {
    if (!isLost) {
      router.batchDone(in.midFrame());
    }
    if (ending.isClosing()) {
      watch.whole();
    }
    outbox.write();
    ending.checkDrained();
  }

  /** A fault in one connection, or no memory for what it asks, must not end the others. */
  void fault(Throwable met) {
    LOG.log(Level.ERROR, "a connection met what it should not have", met);
    abort(Code.INTERNAL.getNumber(), "the connection met an error on this side");
  }

  /** Lets go of buffers with nothing in them. By the holder of the reading role. */
  void rest() {
    in.release();
    envelope.clear(); // Its payload is a part of the buffer.
    outbox.rest();
    heldBytes.chunks.forget();
  }

  /** Goes on writing, if the link takes bytes again. Any thread. */
  public void writable() {
    outbox.lookWritable();
  }

  // --- User code on the thread that reads ---------------------------------------------------

  /**
   * Has {@code task} run as soon as the frame is dealt with that is being acted on, by the thread
   * that reads.
   *
   * @return false if this thread does not read, or may not run user code then
   */
  public boolean defer(UserCode task) {
    if (loopThread != Thread.currentThread()) {
      handedOut = true;
      return false;
    }
    userCode.add(task);
    return true;
  }

  /** Whether work has been refused by {@link #defer} since this was asked last. By the reader. */
  boolean handedOut() {
    boolean was = handedOut;
    handedOut = false;
    return was;
  }

  /** What the frames so far have left to be run; null: nothing. By the holder of the role. */
  @Nullable UserCode nextUserCode() {
    return userCode.poll();
  }

  /** Whether this thread, the loop's, reads from now on, and runs user code between frames. */
  void readsAsLoop(boolean reads) {
    loopThread = reads ? Thread.currentThread() : null;
  }

  /** Reads inside of a user's code: that of others goes to workers meanwhile. */
  <T> T withoutUserCode(Supplier<T> read) {
    loopThread = null;
    try {
      return read.get();
    } finally {
      loopThread = Thread.currentThread();
    }
  }

  // --- Waiting --------------------------------------------------------------------------------

  /**
   * Waits on this thread, which reads for the connection meanwhile if nobody else does.
   *
   * @param sleepers where whoever makes {@code what} be over wakes its threads
   * @param until on the clock of {@link #timers}, or {@link OutgoingCall#NEVER}
   */
  public WaitEnd await(Waiters sleepers, Awaited what, long until) {
    return readers.await(sleepers, what, until);
  }

  /** Somebody is to be called back when something comes, with no thread waiting for it. */
  public void callbackAwaited() {
    driver.callbackAwaited();
  }

  /** This thread is about to wait: writes what is staged, unless another thread does. */
  void writeBeforeWaiting() {
    outbox.senderWaits();
  }

  /** Writes what others have left to the reader; whether there was anything. */
  boolean writeDeferred() {
    return outbox.writeDeferred();
  }

  /** The link is closed. */
  private void released() {
    readers.close();
    heldBytes.chunks.forget();
    driver.done();
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
