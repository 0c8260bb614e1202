package dev.parley.connection;

import com.google.protobuf.MessageLite;
import dev.parley.v1.Code;
import dev.parley.v1.Metadata;
import dev.parley.v1.Status;
import dev.parley.wire.Envelope;
import dev.parley.wire.WireException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The calls that the peer has opened: the high-water mark, the slots, what arrives for them, how
 * they are stopped. Their RESPONSEs are with {@link Answers}.
 *
 * <p>A call leaves the table when its RESPONSE is staged, which is before the peer can know of it,
 * so a peer that counts correctly is never over {@code max_calls} (C-3).
 */
final class IncomingCalls {
  private final Object lock;
  private final Outbox outbox;
  private final Timers timers;
  private final HeldBytes heldBytes;
  private final Settings settings;
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

  IncomingCalls(Object lock, Outbox outbox, Timers timers, HeldBytes heldBytes, Settings settings) {
    this.lock = lock;
    this.outbox = outbox;
    this.timers = timers;
    this.heldBytes = heldBytes;
    this.settings = settings;
    this.answers = new Answers(outbox, this::end, settings.maxCalls());
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

  /** A REQUEST that opens a call; null if it is not whole, or has been answered or dropped. */
  @Nullable IncomingCall open(Envelope envelope) throws WireException {
    long id = envelope.id();
    synchronized (lock) {
      if (id <= 0 || id <= mark) {
        throw new WireException(
            id <= 0 ? "C-1" : "C-2",
            Code.INTERNAL,
            "REQUEST " + Long.toUnsignedString(id) + " is not above " + mark);
      }
      mark = id;
      if (draining) {
        return null; // G-2: it was on its way when we said goodbye; our GOAWAY has answered it.
      }
      Status fault = faultOf(envelope);
      if (fault != null) {
        answers.refuse(id, fault);
        return null;
      }
      IncomingCall call = callOf(envelope);
      if (envelope.more()) {
        call.assembly = new Assembly("request", settings.maxMessage(), heldBytes);
        fault = call.assembly.add(envelope);
      } else {
        fault = hold(call, envelope.payloadLength());
      }
      if (fault != null) {
        answers.refuse(id, fault);
        return null;
      }
      table.put(id, call);
      if (call.limited()) {
        call.timer = timers.at(call.deadline(), () -> expire(call));
      }
      return envelope.more() ? null : call;
    }
  }

  private @Nullable Status faultOf(Envelope envelope) throws WireException {
    if (!streams && (envelope.open() || envelope.more())) {
      return Faults.of(Code.UNIMPLEMENTED, "H-3: streams and fragments are above the level agreed");
    }
    if (table.size() >= settings.maxCalls()) {
      answers.countRefusal();
      return Faults.of(
          Code.UNAVAILABLE,
          "C-4: " + settings.maxCalls() + " calls are in flight, the most taken here");
    }
    if (envelope.open() && envelope.hasPayload()) {
      return Faults.of(Code.INVALID_ARGUMENT, "C-6: a REQUEST that opens a stream has a payload");
    }
    if (envelope.payloadLength() > settings.maxMessage()) {
      return Faults.tooLarge("request", envelope.payloadLength(), settings.maxMessage());
    }
    return null;
  }

  private IncomingCall callOf(Envelope envelope) {
    boolean limited = envelope.hasTimeout();
    long deadline = limited ? timers.now() + envelope.timeoutMicros() * 1000 : OutgoingCall.NEVER;
    IncomingCall call =
        new IncomingCall(
            this,
            envelope.id(),
            envelope.name(),
            List.copyOf(envelope.metadata()),
            envelope.open(),
            limited,
            deadline);
    if (envelope.open()) {
      call.receiver =
          new MessageReceiver(outbox, heldBytes, call.id, settings.window(), settings.maxMessage());
    }
    return call;
  }

  /** Counts a whole request among what is held. */
  private @Nullable Status hold(IncomingCall call, int bytes) {
    Status fault = heldBytes.take(bytes);
    if (fault == null) {
      call.held = bytes;
    }
    return fault;
  }

  /**
   * A REQUEST without a name: the next part of one (F-9). The call, once its request is whole,
   * which the envelope then carries.
   */
  @Nullable IncomingCall goOn(Envelope envelope) throws WireException {
    IncomingCall call;
    Status fault;
    synchronized (lock) {
      call = find(envelope);
      if (call == null) {
        return null;
      }
      Assembly assembly = call.assembly;
      if (assembly == null) {
        fault = Faults.of(Code.INTERNAL, "F-9: a REQUEST went on that was whole");
      } else {
        fault = assembly.add(envelope);
        if (fault == null && envelope.more()) {
          return null;
        }
        if (fault == null) {
          call.assembly = null;
          assembly.finish(envelope);
          fault = hold(call, envelope.payloadLength());
        }
      }
    }
    if (fault == null) {
      return call;
    }
    stop(call, fault);
    return null;
  }

  /** A MESSAGE from the caller, or a part of one. */
  void message(Envelope frame) throws WireException {
    IncomingCall call;
    Status fault;
    long cost = 0;
    synchronized (lock) {
      call = find(frame);
      if (call == null || call.stop != null || call.answered) {
        return;
      }
      fault = streamFault(call);
      MessageReceiver receiver = call.receiver;
      if (fault == null && receiver != null) {
        fault = receiver.arrived(frame);
        if (fault == null) {
          if (frame.more()) {
            return;
          }
          cost = receiver.cost();
        }
      }
    }
    if (fault != null) {
      stop(call, fault);
    } else if (call.requests != null) {
      call.requests.message(frame, cost);
    }
  }

  /** The caller half-closes. */
  void end(Envelope frame) throws WireException {
    IncomingCall call;
    Status fault;
    synchronized (lock) {
      call = find(frame);
      if (call == null || call.stop != null || call.answered) {
        return;
      }
      fault = streamFault(call);
      if (fault == null && call.receiver != null && call.receiver.midMessage()) {
        fault = Faults.of(Code.INTERNAL, "F-9: END stands between the parts of a MESSAGE");
      }
      call.callerDone = true;
    }
    if (fault != null) {
      stop(call, fault);
    } else if (call.requests != null) {
      call.requests.end();
    }
  }

  private static @Nullable Status streamFault(IncomingCall call) {
    if (call.assembly != null) {
      return Faults.of(Code.INTERNAL, "F-9: a frame stands between the parts of a REQUEST");
    }
    if (call.receiver == null) {
      return Faults.of(Code.INTERNAL, "C-6: a message came for a call that was not opened for any");
    }
    if (call.callerDone) {
      return Faults.of(Code.INTERNAL, "C-6: a message came after END");
    }
    return null;
  }

  /** The caller has room for more. */
  void credit(Envelope frame) throws WireException {
    synchronized (lock) {
      IncomingCall call = find(frame);
      if (call != null) {
        senderOf(call).grant(frame.credit());
      }
    }
  }

  /** The caller takes its call back. */
  void cancel(Envelope frame) throws WireException {
    Runnable listener = null;
    synchronized (lock) {
      IncomingCall call = find(frame);
      if (call != null) {
        listener = stopping(call, Faults.of(Code.CANCELLED, "the caller cancelled the call"));
      }
    }
    if (listener != null) {
      listener.run();
    }
  }

  private @Nullable IncomingCall find(Envelope envelope) throws WireException {
    if (envelope.id() <= 0 || envelope.id() > mark) {
      throw new WireException(
          "C-2",
          Code.INTERNAL,
          envelope.type()
              + " for call "
              + Long.toUnsignedString(envelope.id())
              + ", which was never opened");
    }
    return table.get(envelope.id());
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
  private @Nullable Runnable stopping(IncomingCall call, Status why) {
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

  private MessageSender senderOf(IncomingCall call) {
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
