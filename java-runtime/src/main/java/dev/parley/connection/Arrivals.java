package dev.parley.connection;

import dev.parley.v1.Code;
import dev.parley.v1.Status;
import dev.parley.wire.Envelope;
import dev.parley.wire.WireException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What arrives for the calls of the peer: REQUEST, MESSAGE, END, CREDIT, CANCEL. By the thread that
 * reads.
 *
 * <p>A frame that its call cannot take fails that call alone.
 */
final class Arrivals {
  private final Object lock;
  private final IncomingCalls calls;
  private final Outbox outbox;
  private final Timers timers;
  private final HeldBytes heldBytes;
  private final Settings settings;

  Arrivals(
      Object lock,
      IncomingCalls calls,
      Outbox outbox,
      Timers timers,
      HeldBytes heldBytes,
      Settings settings) {
    this.lock = lock;
    this.calls = calls;
    this.outbox = outbox;
    this.timers = timers;
    this.heldBytes = heldBytes;
    this.settings = settings;
  }

  /** A REQUEST that opens a call; null if it is not whole, or has been answered or dropped. */
  @Nullable IncomingCall open(Envelope envelope) throws WireException {
    long id = envelope.id();
    synchronized (lock) {
      long mark = calls.mark();
      if (id <= 0 || id <= mark) {
        throw new WireException(
            id <= 0 ? "C-1" : "C-2",
            Code.INTERNAL,
            "REQUEST " + Long.toUnsignedString(id) + " is not above " + mark);
      }
      if (!calls.raiseMark(id)) {
        return null; // G-2: it was on its way when we said goodbye; our GOAWAY has answered it.
      }
      Status fault = faultOf(envelope);
      if (fault != null) {
        calls.refuse(id, fault);
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
        calls.refuse(id, fault);
        return null;
      }
      calls.add(call);
      return envelope.more() ? null : call;
    }
  }

  private @Nullable Status faultOf(Envelope envelope) throws WireException {
    if (!calls.streams() && (envelope.open() || envelope.more())) {
      return Faults.of(Code.UNIMPLEMENTED, "H-3: streams and fragments are above the level agreed");
    }
    if (calls.inFlight() >= settings.maxCalls()) {
      calls.countRefusal();
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
            calls,
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
    calls.stop(call, fault);
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
      calls.stop(call, fault);
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
      calls.stop(call, fault);
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
        calls.senderOf(call).grant(frame.credit());
      }
    }
  }

  /** The caller takes its call back. */
  void cancel(Envelope frame) throws WireException {
    Runnable listener = null;
    synchronized (lock) {
      IncomingCall call = find(frame);
      if (call != null) {
        listener = calls.stopping(call, Faults.of(Code.CANCELLED, "the caller cancelled the call"));
      }
    }
    if (listener != null) {
      listener.run();
    }
  }

  private @Nullable IncomingCall find(Envelope envelope) throws WireException {
    if (envelope.id() <= 0 || envelope.id() > calls.mark()) {
      throw new WireException(
          "C-2",
          Code.INTERNAL,
          envelope.type()
              + " for call "
              + Long.toUnsignedString(envelope.id())
              + ", which was never opened");
    }
    return calls.find(envelope.id());
  }
}
