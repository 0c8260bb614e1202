package dev.parley.connection;

import dev.parley.v1.Code;
import dev.parley.v1.Status;
import dev.parley.wire.Envelope;
import dev.parley.wire.WireException;
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
  private final Receiver receiver;

  Arrivals(
      Object lock,
      IncomingCalls calls,
      Outbox outbox,
      Timers timers,
      HeldBytes heldBytes,
      Settings settings,
      Receiver receiver) {
    this.lock = lock;
    this.calls = calls;
    this.outbox = outbox;
    this.timers = timers;
    this.heldBytes = heldBytes;
    this.settings = settings;
    this.receiver = receiver;
  }

  /** A REQUEST that opens a call, which is told unless more of it follows. */
  void open(Envelope envelope) throws WireException {
    IncomingCall call = callOf(envelope);
    boolean whole;
    synchronized (lock) {
      whole = admit(call, envelope) && !envelope.more();
    }
    if (whole) {
      call.arrived(envelope);
    }
  }

  /** Whether a call takes a slot, or has been answered or dropped. Under the lock. */
  private boolean admit(IncomingCall call, Envelope envelope) throws WireException {
    long id = call.id;
    long mark = calls.mark();
    if (id <= 0 || id <= mark) {
      throw new WireException(
          id <= 0 ? "C-1" : "C-2",
          Code.INTERNAL,
          "REQUEST " + Long.toUnsignedString(id) + " is not above " + mark);
    }
    if (!calls.raiseMark(id)) {
      return false; // G-2: it was on its way when we said goodbye; our GOAWAY has answered it.
    }
    Status fault = faultOf(envelope);
    if (fault == null) {
      fault = envelope.more() ? assemble(call, envelope) : hold(call, envelope.payloadLength());
    }
    if (fault != null) {
      calls.refuse(id, fault);
      return false;
    }
    calls.add(call);
    return true;
  }

  /** Begins to put a request together. */
  private @Nullable Status assemble(IncomingCall call, Envelope envelope) {
    Assembly assembly = new Assembly("request", settings.maxMessage(), heldBytes);
    call.parts().assembly = assembly;
    return assembly.add(envelope);
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
    IncomingCall call = receiver.incoming(envelope);
    boolean limited = envelope.hasTimeout();
    long deadline = limited ? timers.now() + envelope.timeoutMicros() * 1000 : OutgoingCall.NEVER;
    call.belongTo(calls, limited, deadline);
    if (envelope.open()) {
      call.parts().receiver =
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

  /** A REQUEST without a name: the next part of one (F-9), perhaps the last. */
  void goOn(Envelope envelope) throws WireException {
    IncomingCall call;
    Status fault;
    synchronized (lock) {
      call = find(envelope);
      if (call == null) {
        return;
      }
      IncomingParts parts = call.parts;
      Assembly assembly = parts == null ? null : parts.assembly;
      if (parts == null || assembly == null) {
        fault = Faults.of(Code.INTERNAL, "F-9: a REQUEST went on that was whole");
      } else {
        fault = assembly.add(envelope);
        if (fault == null && envelope.more()) {
          return;
        }
        if (fault == null) {
          parts.assembly = null;
          assembly.finish(envelope);
          fault = hold(call, envelope.payloadLength());
        }
      }
    }
    if (fault == null) {
      call.arrived(envelope);
    } else {
      calls.stop(call, fault);
    }
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
      MessageReceiver messages = call.parts().receiver;
      if (fault == null && messages != null) {
        fault = messages.arrived(frame);
        if (fault == null) {
          if (frame.more()) {
            return;
          }
          cost = messages.cost();
        }
      }
    }
    if (fault != null) {
      calls.stop(call, fault);
    } else {
      call.message(frame, cost);
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
      IncomingParts parts = call.parts();
      if (fault == null && parts.receiver != null && parts.receiver.midMessage()) {
        fault = Faults.of(Code.INTERNAL, "F-9: END stands between the parts of a MESSAGE");
      }
      parts.callerDone = true;
    }
    if (fault != null) {
      calls.stop(call, fault);
    } else {
      call.halfClosed();
    }
  }

  private static @Nullable Status streamFault(IncomingCall call) {
    IncomingParts parts = call.parts;
    if (parts != null && parts.assembly != null) {
      return Faults.of(Code.INTERNAL, "F-9: a frame stands between the parts of a REQUEST");
    }
    if (parts == null || parts.receiver == null) {
      return Faults.of(Code.INTERNAL, "C-6: a message came for a call that was not opened for any");
    }
    if (parts.callerDone) {
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
    IncomingCall call;
    boolean stops;
    synchronized (lock) {
      call = find(frame);
      stops =
          call != null
              && calls.stopping(call, Faults.of(Code.CANCELLED, "the caller cancelled the call"));
    }
    if (call != null && stops) {
      call.stopped();
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
