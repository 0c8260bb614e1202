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
  private long mark;
  private boolean draining;
  private long lastServed;
  private boolean lost;
  private long window;
  private long maxMessage;
  private int frameLimit;

  private volatile boolean streams;

  IncomingCalls(Object lock, Outbox outbox, Timers timers, HeldBytes heldBytes, int maxCalls) {
    this.lock = lock;
    this.outbox = outbox;
    this.timers = timers;
    this.heldBytes = heldBytes;
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
      call.timer = timers.at(call.deadline(), () -> expire(call));
    }
  }

  /** The call with that id, unless it has ended. Under the lock. */
  @Nullable IncomingCall find(long id) {
    return table.get(id);
  }

  private void expire(IncomingCall call) {
    stop(call, Faults.of(Code.DEADLINE_EXCEEDED, "the caller's time-out passed"));
    outbox.flush();
  }

  /** Tells a call to stop; one that has not begun is answered at once, and never runs. */
  void stop(IncomingCall call, Status why) {
    Runnable listener;
    synchronized (lock) {
      // Only CANCEL may cut an answer that is on its way: else its caller takes it for whole.
      listener = call.answered ? null : stopping(call, why);
    }
    if (listener != null) {
      listener.run();
    }
  }

  /** Stops a call; who is to be told of it, without the lock. Under the lock. */
  @Nullable Runnable stopping(IncomingCall call, Status why) {
    if (call.stop != null || call.state == IncomingCall.State.ENDED) {
      return null;
    }
    call.stop = why;
    Runnable listener = call.listener;
    call.listener = null;
    if (call.state == IncomingCall.State.ARRIVED) {
      end(call);
      answers.refuse(call.id, why);
    } else {
      call.state = IncomingCall.State.STOPPED;
      release(call);
    }
    return listener;
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

  void onStop(IncomingCall call, Runnable listener) {
    synchronized (lock) {
      if (call.stop == null) {
        call.listener = listener;
        return;
      }
    }
    listener.run();
  }

  Offer offer(IncomingCall call, MessageLite message) {
    int size = message.getSerializedSize();
    synchronized (lock) {
      if (call.stop != null || call.answered || call.state == IncomingCall.State.ENDED) {
        return Offer.OVER;
      }
      if (size <= maxMessage) {
        return senderOf(call).offer(message, size);
      }
      Status fault = Faults.tooLarge("message", size, maxMessage);
      // At once, so that no reply makes the rest look whole; told later, as a lock may be held.
      Runnable listener = stopping(call, fault);
      if (listener != null) {
        outbox.later(listener);
      }
      return Offer.OVER;
    }
  }

  /** What sends the messages of a callee that streams. Under the lock. */
  MessageSender senderOf(IncomingCall call) {
    MessageSender sender = call.sender;
    if (sender == null) {
      sender = new MessageSender(outbox, call.id, window, frameLimit, call::tellSendable);
      call.sender = sender;
    }
    return sender;
  }

  void consumed(IncomingCall call, long cost) {
    synchronized (lock) {
      if (call.receiver != null) {
        call.receiver.consumed(cost);
      }
    }
    outbox.flush();
  }

  void reply(IncomingCall call, @Nullable MessageLite reply, List<Metadata> metadata) {
    synchronized (lock) {
      if (canAnswer(call)) {
        answers.reply(call, reply, metadata);
      }
    }
    outbox.flush();
  }

  void fail(IncomingCall call, Status why, List<Metadata> metadata) {
    synchronized (lock) {
      if (canAnswer(call)) {
        answers.fail(call, why, metadata);
      }
    }
    outbox.flush();
  }

  private boolean canAnswer(IncomingCall call) {
    if (lost || call.answered || call.state == IncomingCall.State.ENDED) {
      return false;
    }
    call.answered = true;
    if (call.receiver != null) {
      call.receiver.end();
    }
    return true;
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
    if (call.timer != null) {
      call.timer.cancel();
      call.timer = null;
    }
    if (table.remove(call.id) != null) {
      heldBytes.give(call.held);
    }
    if (call.assembly != null) {
      call.assembly.drop();
      call.assembly = null;
    }
    release(call);
  }

  /** It sends and takes no more. */
  private static void release(IncomingCall call) {
    if (call.receiver != null) {
      call.receiver.end();
    }
    if (call.sender != null) {
      call.sender.stop();
    }
  }

  /** The connection has ended: nobody waits any more. */
  void lost(Status why) {
    List<IncomingCall> all = new ArrayList<>();
    List<Runnable> listeners = new ArrayList<>();
    synchronized (lock) {
      lost = true;
      table.forEach(all::add);
      for (IncomingCall call : all) {
        end(call);
        if (call.stop == null) {
          call.stop = why;
          if (call.listener != null) {
            listeners.add(call.listener);
            call.listener = null;
          }
        }
      }
    }
    listeners.forEach(Runnable::run);
  }
}
