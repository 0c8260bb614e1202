package dev.parley.connection;

import com.google.protobuf.MessageLite;
import dev.parley.transport.Link;
import dev.parley.wire.Envelope;
import dev.parley.wire.EnvelopeCodec;
import dev.parley.wire.FrameType;
import dev.parley.wire.WireLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What waits to be written to one link: encoded frames, and behind them messages that have no room
 * yet and are encoded when they get it.
 *
 * <p>Frames are appended under the connection's lock and written outside it by whoever holds the
 * write role; a thread that finds the role taken leaves its bytes to the holder, so writers
 * coalesce and nobody waits for a write. A link that takes no more keeps the role until it is
 * writable again.
 *
 * <p>Bounded: past {@link #ROOM} bytes, requests and replies wait as messages, whose number the
 * slots of both sides bound; only frames that are few by other rules (W-7) are appended all the
 * same.
 */
final class Outbox {
  /** How many staged bytes make requests, replies and events wait or fail. */
  static final int ROOM = 256 * 1024;

  /** How many staged bytes make parts of messages wait: so far a small call is behind them. */
  private static final int TURNS = 128 * 1024;

  /**
   * The most that one write hands to the kernel; also bounds the copy that the JDK keeps a thread.
   */
  private static final int WRITE = 256 * 1024;

  private static final int FIRST = 1024;

  /** A sender that comes this soon after the last write leaves the next one to the reader. */
  private static final long DENSE_NANOS = 20_000;

  /** So many writes as close as that make it worth waking the loop to write for the sender. */
  private static final int DENSE_WRITES = 8;

  /** A sender that finds more bytes than this left to the reader writes itself. */
  private static final int MOST_DEFERRED = 64 * 1024;

  /** Something that waits for room; staged under the connection's lock. */
  interface Waiting {
    /**
     * Appends one frame, or nothing.
     *
     * @return whether more of it waits: it then has another turn when all others had theirs (F-10)
     */
    boolean stage();
  }

  /** What the outbox asks of its connection; called without the lock. */
  interface Owner {
    /** The link takes no more now: call {@link #lookWritable} when it does. */
    void wantsToWrite(boolean wants);

    /** Whether the reader is sure to write within microseconds after the last call of this. */
    boolean flushesSoon();

    /** Asks the reader to write soon; whether it will, or has been asked already. */
    boolean inviteToFlush();

    /** Whether this thread reads, and writes as soon as it has acted on all that came. */
    boolean isLoopThread();

    /** The link takes nothing any more. */
    void writeFailed(IOException cause);

    /** What waited could not be staged: a part of it may be missing. Under no lock. */
    void stagingFailed(Throwable cause);

    /** Everything appended so far has been handed to the kernel. */
    void drained();
  }

  private final Object lock;
  private final Link link;
  private final Owner owner;
  private final PeerLabel peer;

  // Guarded by the lock.
  private ByteBuffer staged = ByteBuffer.allocate(FIRST);
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
  private long appended;
  private boolean writing;
  private volatile boolean blocked; // Read without it where only a hint is needed.
  private boolean broken;
  private boolean held;
  private boolean sealed;
  private boolean pong;
  private long pongId;
  private List<Runnable> later = new ArrayList<>();
  private boolean runsLater;

  /**
   * Whether this thread may have staged anything: written under the lock, read without it by
   * whoever has staged, and so sees at least its own.
   */
  private boolean anyStaged;

  /** Whether {@link #later} holds anything; a hint that is read without the lock. */
  private volatile boolean hasLater;

  private final SpareArray spare = new SpareArray();

  /** The frame that is being encoded; guarded by the lock. */
  private final Envelope header = new Envelope();

  private final MessageEncoder encoder = new MessageEncoder();

  private final Object telling = new Object();

  /** What the owner was told last of {@link #blocked}; guarded by telling for writing. */
  private volatile boolean toldWaits;

  // Held by the write role.
  private ByteBuffer flying = ByteBuffer.allocate(FIRST).limit(0);

  private long flown;

  /**
   * How many bytes the kernel has taken, or is being given just now; written by the write role
   * alone.
   */
  private volatile long given;

  /** When the last write to the link ended. */
  private volatile long wroteAt = System.nanoTime();

  /** How many writes have come densely; a hint, so a lost count does no harm. */
  private int denseWrites;

  /** Whether a sender has left what it staged to the reader. */
  private volatile boolean deferred;

  Outbox(Object lock, Link link, PeerLabel peer, Owner owner) {
    this.lock = lock;
    this.link = link;
    this.owner = owner;
    this.peer = peer;
  }

  /** A cleared envelope to fill in for {@link #append}. Under the lock. */
  Envelope header() {
    header.clear();
    return header;
  }

  /** Whether a request, a reply or an event may be appended now. Under the lock. */
  boolean hasRoom() {
    return staged.position() < ROOM && waiting.isEmpty();
  }

  /** Lets a message wait for room. Under the lock. */
  void await(Waiting message) {
    anyStaged = true;
    waiting.add(message);
  }

  /** Forgets a message that waits. Under the lock. */
  void withdraw(Waiting message) {
    waiting.remove(message);
  }

  /** Forgets the messages that {@code choice} takes; how many they were. Under the lock. */
  int withdrawAll(Predicate<Waiting> choice) {
    int before = waiting.size();
    waiting.removeIf(choice);
    return before - waiting.size();
  }

  /**
   * Gives each message that waits to {@code action}, which must not change them. Under the lock.
   */
  void forEachWaiting(Consumer<Waiting> action) {
    waiting.forEach(action);
  }

  /** Where the next byte will stand in the stream of all bytes. Under the lock. */
  long position() {
    return appended;
  }

  /** Whether the kernel was given the byte at {@code position} of the stream (C-8). */
  boolean gave(long position) {
    return position < given;
  }

  /**
   * Appends a frame without payload, or with the payload region of {@code frame}. Under the lock.
   */
  void append(Envelope frame) {
    if (broken || sealed) {
      return;
    }
    int size = EnvelopeCodec.frameSize(frame, frame.payloadLength());
    reserve(size);
    EnvelopeCodec.writeFrame(frame, staged.array(), staged.position());
    appended(frame, size);
  }

  /** Appends a frame whose payload is {@code message}, encoded in place. Under the lock. */
  void append(Envelope frame, MessageLite message, int messageSize) {
    if (broken || sealed) {
      return;
    }
    int size = EnvelopeCodec.frameSize(frame, messageSize);
    reserve(size);
    int at = EnvelopeCodec.writeFrameHeader(frame, messageSize, staged.array(), staged.position());
    encoder.encode(message, messageSize, staged.array(), at);
    frame.payload(staged.array(), at, messageSize);
    appended(frame, size);
  }

  /** A message as bytes, to be cut. With the lock or without. */
  Encoded encode(MessageLite message, int size) {
    return Encoded.now(spare, message, size);
  }

  /** Answers a PING; a newer one takes the place of one that still waits (P-1). Under the lock. */
  void appendPong(long id) {
    if (sealed) {
      return;
    }
    if (blocked) {
      anyStaged = true;
      pong = true;
      pongId = id;
    } else {
      append(header().type(FrameType.PONG).id(id));
    }
  }

  /** The last frame has been appended: what still comes is dropped (G-5). Under the lock. */
  void seal() {
    sealed = true;
    pong = false;
  }

  private void appended(Envelope frame, int size) {
    anyStaged = true;
    staged.position(staged.position() + size);
    appended += size;
    if (WireLog.on()) {
      WireLog.out(peer.toString(), frame, size);
    }
  }

  private void reserve(int size) {
    if (staged.remaining() < size) {
      int needed = Math.addExact(staged.position(), size);
      ByteBuffer larger = ByteBuffer.allocate(Math.max(needed, Math.min(needed * 2, ROOM)));
      staged.flip();
      larger.put(staged);
      staged = larger;
    }
  }

  /** Has {@code task} run soon, by this thread or another, without the lock. Under the lock. */
  void later(Runnable task) {
    later.add(task);
    hasLater = true;
  }

  /** Runs what is to be run without the lock; whether there was anything. */
  boolean runLater() {
    boolean ran = false;
    while (hasLater) {
      List<Runnable> tasks;
      synchronized (lock) {
        if (runsLater) {
          return ran; // Whoever does, looks again; so tasks that lead to tasks never pile up a
          // stack.
        }
        runsLater = true;
        tasks = later;
        later = new ArrayList<>();
        hasLater = false;
      }
      try {
        tasks.forEach(Runnable::run);
      } finally {
        synchronized (lock) {
          runsLater = false;
        }
      }
      ran = true;
    }
    return ran;
  }

  /** Whether to keep everything back for now. Under the lock. */
  void hold(boolean hold) {
    held = hold;
  }

  /**
   * Has what is staged written: by this thread, by another one that writes already, or by the
   * reader, if that is sure to do it soon. Never blocks.
   */
  void flush() {
    if (!leavesToReader()) {
      write();
    } else {
      runLater();
    }
  }

  /**
   * Whether the loop writes in a moment: this thread, behind its batch, or one that polls, or that
   * was asked to since sends come densely. A sender that goes on long enough writes itself all the
   * same, so that what it sends does not wait for a loop that finds no core.
   */
  private boolean leavesToReader() {
    if (owner.isLoopThread()) {
      if (!deferred) {
        deferred = true; // It may be in no batch, but in a timer's task while it polls.
      }
      return true;
    }
    boolean polled = owner.flushesSoon();
    if (System.nanoTime() - wroteAt > DENSE_NANOS) {
      denseWrites = 0;
      return false;
    }
    if (!polled && denseWrites < DENSE_WRITES) {
      denseWrites++;
      return false;
    }
    if (appended - given > MOST_DEFERRED) {
      return false;
    }
    deferred = true;
    return owner.flushesSoon() || owner.inviteToFlush();
  }

  /**
   * A thread is about to wait for what it has sent: whoever does so writes its own, densely or not.
   */
  void senderWaits() {
    denseWrites = 0;
    write();
  }

  /** Writes what others have left to the reader; whether there was anything. */
  boolean writeDeferred() {
    if (!deferred) {
      return false;
    }
    write();
    return true;
  }

  /** Writes what is staged now, unless another thread does so already. Never blocks. */
  void write() {
    do {
      if (deferred) {
        deferred = false;
        anyStaged = true;
      }
      if (anyStaged && begin()) {
        writeAll();
      }
      // The loop's thread leaves what these stage to the end of its batch, which is here.
    } while (runLater() && owner.isLoopThread());
  }

  /** Takes the write role if there is something to write and nobody has it. */
  private boolean begin() {
    synchronized (lock) {
      if (held || writing || blocked || broken || !stageMore()) {
        return false;
      }
      writing = true;
      swap();
      return true;
    }
  }

  /** Goes on writing if the link has taken no more, and may take bytes again. Never blocks. */
  void lookWritable() {
    if (!blocked) {
      return;
    }
    synchronized (lock) {
      if (!blocked || broken) {
        return;
      }
      blocked = false;
      writing = true;
    }
    writeAll();
    if (runLater() && owner.isLoopThread()) {
      write();
    }
  }

  private void writeAll() {
    while (true) {
      try {
        while (flying.hasRemaining()) {
          if (!writeSome()) {
            block();
            return;
          }
        }
      } catch (IOException e) {
        discard();
        owner.writeFailed(e);
        return;
      }
      synchronized (lock) {
        if (!stageMore()) {
          anyStaged = false;
          writing = false;
          break;
        }
        swap();
      }
    }
    waitForRoom(false);
    owner.drained();
  }

  private boolean writeSome() throws IOException {
    int end = flying.limit();
    flying.limit(Math.min(end, flying.position() + WRITE));
    // Told before the write: the peer may act on these bytes before this thread goes on, and a
    // connection that ends meanwhile must not count them as not sent.
    given = flown + flying.remaining();
    int taken = 0;
    try {
      taken = link.write(flying);
    } finally {
      flying.limit(end);
      flown += taken;
      given = flown;
      wroteAt = System.nanoTime();
    }
    return taken > 0;
  }

  private void block() {
    synchronized (lock) {
      writing = false;
      blocked = true;
    }
    waitForRoom(true);
  }

  /** Tells the owner once when room is waited for, and once when it is not any more. */
  private void waitForRoom(boolean waits) {
    if (toldWaits == waits) {
      return;
    }
    // Another thread may have gone on already: the last word is that of the state now.
    synchronized (telling) {
      boolean now = blocked;
      if (toldWaits != now) {
        toldWaits = now;
        owner.wantsToWrite(now);
      }
    }
  }

  /** Drops everything and takes no more: a begun frame can't be finished any more (F-1). */
  void discard() {
    synchronized (lock) {
      broken = true;
      writing = false;
      blocked = false;
      staged = ByteBuffer.allocate(0);
    }
  }

  /** Whether the link takes nothing any more. */
  boolean isBroken() {
    synchronized (lock) {
      return broken;
    }
  }

  /** Lets go of what waited, once every call has been told of its end. */
  void forget() {
    synchronized (lock) {
      waiting.clear();
      spare.forget();
    }
  }

  /** Whether nothing waits to be written. Under the lock. */
  boolean isEmpty() {
    return broken || (!writing && !blocked && staged.position() == 0 && waiting.isEmpty() && !pong);
  }

  /** Stages what waits while there is room; whether anything is staged. Under the lock. */
  private boolean stageMore() {
    if (broken) {
      return false;
    }
    if (pong) {
      pong = false;
      append(header().type(FrameType.PONG).id(pongId));
    }
    while (staged.position() < TURNS) {
      @Nullable Waiting next = waiting.poll();
      if (next == null) {
        break;
      }
      try {
        if (next.stage()) {
          waiting.add(next);
        }
      } catch (RuntimeException | Error e) {
        // A message that can't be encoded, or no memory for it. Whoever writes must go on writing.
        later(() -> owner.stagingFailed(e));
      }
    }
    return staged.position() > 0;
  }

  private void swap() {
    ByteBuffer empty = flying.clear();
    flying = staged.flip();
    staged = empty;
  }

  /** Lets go of large buffers, so that an idle connection holds little. */
  void rest() {
    synchronized (lock) {
      spare.forget();
      if (writing || blocked) {
        return;
      }
      if (staged.capacity() > FIRST && staged.position() == 0) {
        staged = ByteBuffer.allocate(FIRST);
      }
      if (flying.capacity() > FIRST) {
        flying = ByteBuffer.allocate(FIRST).limit(0);
      }
    }
  }
}
