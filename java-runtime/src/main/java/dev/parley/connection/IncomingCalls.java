package dev.parley.connection;

import com.google.protobuf.MessageLite;
import dev.parley.v1.Code;
import dev.parley.v1.Metadata;
import dev.parley.v1.Status;
import dev.parley.wire.WireException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The calls that the peer has opened: their slots, what their handlers do, how they are stopped.
 * What arrives for them is with {@link Arrivals}, their RESPONSEs are with {@link Answers}.
 *
 * <p>A call leaves the table when its RESPONSE is staged, which is before the peer can know of it,
 * so a peer that counts correctly is never over {@code max_calls} (C-3).
 */
final class IncomingCalls {
  private final Object lock;
  private final Outbox outbox;
  private final Timers timers;
  private final HeldBytes heldBytes;
  private final Answers answers;

  // Guarded by the lock.
  private final CallTable<IncomingCall> table = new CallTable<>();
  private final Deadlines deadlines;
  private long mark;
  private boolean draining;
  private long lastServed;
  private boolean lost;
  private long window;
  private volatile long maxMessage;
  private int frameLimit;

  private volatile boolean streams;

  IncomingCalls(Object lock, Outbox outbox, Timers timers, HeldBytes heldBytes, int maxCalls) {
    this.lock = lock;
    this.outbox = outbox;
    this.timers = timers;
    this.heldBytes = heldBytes;
    this.deadlines = new Deadlines(timers, this::expire);
    this.answers = new Answers(outbox, this::end, maxCalls);
  }

  /** Answers go to a peer with these limits. Under the lock. */
  void open(Handshake.Agreed peer) {
    streams = peer.streams();
    window = peer.window();
    maxMessage = peer.maxMessage();
    frameLimit = Pieces.frameLimit(peer.maxFrame());
    answers.open(peer);
  }

  boolean streams() {
    return streams;
  }

  void flush() {
    outbox.flush();
  }

  /** How many slots are taken. Under the lock. */
  int inFlight() {
    return table.size();
  }

  /** Takes no more calls; the highest id that may have run (G-1). Under the lock. */
  long drain() {
    if (!draining) {
      draining = true;
      lastServed = mark;
    }
    return lastServed;
  }

  /** The highest id of a REQUEST that was read (C-2). Under the lock. */
  long mark() {
    return mark;
  }

  /** A REQUEST was read; whether it may become a call, or is dropped (G-2). Under the lock. */
  boolean raiseMark(long id) {
    mark = id;
    return !draining;
  }

  /** Answers a REQUEST that does not become a call. Under the lock. */
  void refuse(long id, Status why) {
    answers.refuse(id, why);
  }

  /** Bounds the refusals that a peer leaves unread (C-4). Under the lock. */
  void countRefusal() throws WireException {
    answers.countRefusal();
  }

  /** A call takes its slot. Under the lock. */
  void add(IncomingCall call) {
    table.put(call.id, call);
    if (call.limited()) {
      deadlines.watch(call.deadline());
    }
  }

  /** The call with that id, unless it has ended. Under the lock. */
  @Nullable IncomingCall find(long id) {
    return table.get(id);
  }

  /** A deadline may have passed: stops the calls whose has. */
  private void expire() {
    List<IncomingCall> late = new ArrayList<>();
    synchronized (lock) {
      long now = timers.now();
      deadlines.passed(now);
      table.forEach(
          call -> {
            if (!call.limited() || call.stop != null) {
              return;
            }
            if (call.deadline() - now <= 0) {
              late.add(call);
            } else {
              deadlines.watch(call.deadline());
            }
          });
    }
    Status why = Faults.of(Code.DEADLINE_EXCEEDED, "the caller's time-out passed");
    late.forEach(call -> stop(call, why));
    outbox.flush();
  }

  /** Tells a call to stop; one that has not begun is answered at once, and never runs. */
  void stop(IncomingCall call, Status why) {
    boolean stops;
    synchronized (lock) {
      // Only CANCEL may cut an answer that is on its way: else its caller takes it for whole.
      stops = !call.answered && stopping(call, why);
    }
    if (stops) {
      call.stopped();
    }
  }

  /** Stops a call; whether it is to be told of it, without the lock. Under the lock. */
  boolean stopping(IncomingCall call, Status why) {
    if (call.stop != null || call.state == IncomingCall.State.ENDED) {
      return false;
    }
    call.stop = why;
    if (call.state == IncomingCall.State.ARRIVED) {
      end(call);
      answers.refuse(call.id, why);
    } else {
      call.state = IncomingCall.State.STOPPED;
      release(call);
    }
    return true;
  }

  boolean begin(IncomingCall call) {
    synchronized (lock) {
      if (call.state != IncomingCall.State.ARRIVED) {
        return false;
      }
      call.state = IncomingCall.State.RUNNING;
      return true;
    }
  }

  @Nullable Status whyStopped(IncomingCall call) {
    synchronized (lock) {
      return call.stop;
    }
  }

  Offer offer(IncomingCall call, MessageLite message, String sentBy, long missed) {
    int size = message.getSerializedSize();
    Encoded early =
        size >= Encoded.LONG && takesMessage(call, size) ? outbox.encode(message, size) : null;
    synchronized (lock) {
      if (call.stop != null || call.answered || call.state == IncomingCall.State.ENDED) {
        return Offer.OVER;
      }
      if (size <= maxMessage) {
        return senderOf(call).offer(message, size, early, sentBy, missed);
      }
      Status fault = Faults.tooLarge("message", size, maxMessage);
      // At once, so that no reply makes the rest look whole; told later, as a lock may be held.
      if (stopping(call, fault)) {
        outbox.later(call::stopped);
      }
      return Offer.OVER;
    }
  }

  /** Whether an offer is likely to be taken, so that it pays to encode the message. */
  private boolean takesMessage(IncomingCall call, int size) {
    synchronized (lock) {
      return mayAnswer(call) && call.stop == null && senderOf(call).hasRoom() && size <= maxMessage;
    }
  }

  /** What sends the messages of a callee that streams. Under the lock. */
  MessageSender senderOf(IncomingCall call) {
    IncomingParts parts = call.parts();
    MessageSender sender = parts.sender;
    if (sender == null) {
      sender = new MessageSender(outbox, call.id, window, frameLimit, call::sendable);
      parts.sender = sender;
    }
    return sender;
  }

  void consumed(IncomingCall call, long cost) {
    boolean granted;
    synchronized (lock) {
      MessageReceiver receiver = call.parts().receiver;
      granted = receiver != null && receiver.consumed(cost);
    }
    if (granted) {
      outbox.flush();
    }
  }

  void reply(IncomingCall call, @Nullable MessageLite reply, List<Metadata> metadata) {
    Encoded early = encodeIfLong(reply);
    synchronized (lock) {
      if (mayAnswer(call)) {
        answers.reply(call, reply, early, metadata);
        answered(call);
      }
    }
    outbox.flush();
  }

  /** Encodes a long reply before the lock is taken, unless the peer takes none that is cut. */
  private @Nullable Encoded encodeIfLong(@Nullable MessageLite reply) {
    if (reply == null) {
      return null;
    }
    int size = reply.getSerializedSize();
    return streams && size >= Encoded.LONG && size <= maxMessage
        ? outbox.encode(reply, size)
        : null;
  }

  void fail(IncomingCall call, Status why, List<Metadata> metadata) {
    synchronized (lock) {
      if (mayAnswer(call)) {
        answers.fail(call, why, metadata);
        answered(call);
      }
    }
    outbox.flush();
  }

  private boolean mayAnswer(IncomingCall call) {
    return !lost && !call.answered && call.state != IncomingCall.State.ENDED;
  }

  /**
   * Its answer is on its way: said last, so that another can be given where encoding one throws.
   */
  private static void answered(IncomingCall call) {
    call.answered = true;
    if (call.parts != null) {
      call.parts.stopReceiving();
    }
  }

  void reject(IncomingCall call, Status why) {
    synchronized (lock) {
      if (call.state == IncomingCall.State.ARRIVED) {
        end(call);
        answers.refuse(call.id, why);
      }
    }
    outbox.flush();
  }

  /** Takes a call out of the table. Under the lock. */
  private void end(IncomingCall call) {
    call.state = IncomingCall.State.ENDED;
    if (table.remove(call.id) != null) {
      heldBytes.give(call.held);
    }
    if (call.parts != null) {
      call.parts.drop();
      call.parts.release();
    }
  }

  /** It sends and takes no more. */
  private static void release(IncomingCall call) {
    if (call.parts != null) {
      call.parts.release();
    }
  }

  /** The connection has ended: nobody waits any more. */
  void lost(Status why) {
    List<IncomingCall> all = new ArrayList<>();
    List<IncomingCall> told = new ArrayList<>();
    synchronized (lock) {
      lost = true;
      table.forEach(all::add);
      for (IncomingCall call : all) {
        end(call);
        if (call.stop == null) {
          call.stop = why;
          told.add(call);
        }
      }
      deadlines.end();
    }
    told.forEach(IncomingCall::stopped);
  }
}
