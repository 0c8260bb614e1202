package dev.parley.connection;

import dev.parley.v1.Code;
import dev.parley.v1.Metadata;
import dev.parley.v1.Status;
import dev.parley.wire.Envelope;
import dev.parley.wire.WireException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What arrives for the calls of this side: RESPONSE, MESSAGE, CREDIT. By the thread that reads.
 *
 * <p>A frame that its call cannot take fails that call: CANCEL goes out, its slot stays taken until
 * the RESPONSE.
 */
final class Replies {
  private final Object lock;
  private final OutgoingCalls calls;
  private final HeldBytes heldBytes;
  private final long maxReply;
  private boolean streams;

  Replies(Object lock, OutgoingCalls calls, HeldBytes heldBytes, long maxReply) {
    this.lock = lock;
    this.calls = calls;
    this.heldBytes = heldBytes;
    this.maxReply = maxReply;
  }

  void open(Handshake.Agreed peer) {
    streams = peer.streams();
  }

  /** A RESPONSE, or a part of one. */
  void response(Envelope frame) throws WireException {
    OutgoingCall call;
    Status fault;
    boolean left;
    synchronized (lock) {
      call = find(frame);
      if (call == null) {
        return;
      }
      left = call.state == OutgoingCall.State.LEFT;
      if (frame.more()) {
        fault = left ? null : begin(call, frame);
        if (fault == null) {
          return;
        }
      } else {
        fault = left ? null : finish(call, frame);
        calls.end(call);
      }
    }
    if (frame.more()) {
      calls.leave(call, fault == null ? Status.getDefaultInstance() : fault);
    } else if (!left) {
      tell(call, frame, fault);
    }
  }

  /** A part of a RESPONSE that is not the last; why the call must fail. */
  private @Nullable Status begin(OutgoingCall call, Envelope frame) {
    if (!streams) {
      return Faults.of(Code.INTERNAL, "H-3: a RESPONSE came in parts, above the level agreed");
    }
    OutgoingParts parts = call.parts();
    Assembly answer = parts.answer;
    if (answer == null) {
      Status foreign = foreignFault(call, frame.success());
      if (foreign != null) {
        return foreign;
      }
      answer = new Assembly("reply", maxReply, heldBytes);
      parts.answer = answer;
      parts.answerSuccess = frame.success();
      parts.answerMetadata = List.copyOf(frame.metadata());
      calls.stopSending(call);
    }
    return answer.add(frame);
  }

  /** The last frame of a RESPONSE, which then carries all of it; why the reply cannot be taken. */
  private @Nullable Status finish(OutgoingCall call, Envelope frame) {
    OutgoingParts parts = call.parts;
    Assembly answer = parts == null ? null : parts.answer;
    if (parts == null || answer == null) {
      if (frame.success() && frame.payloadLength() > maxReply) {
        return Faults.tooLarge("reply", frame.payloadLength(), maxReply);
      }
      return foreignFault(call, frame.success());
    }
    frame.success(parts.answerSuccess).metadata(parts.answerMetadata);
    Status fault = answer.add(frame);
    if (fault == null) {
      answer.finish(frame);
    }
    return fault;
  }

  /** A failing RESPONSE drops an unfinished MESSAGE; a successful one may not stand inside it. */
  private static @Nullable Status foreignFault(OutgoingCall call, boolean success) {
    return success && call.parts != null && call.parts.midMessage()
        ? Faults.of(Code.INTERNAL, "F-9: a RESPONSE stands between the parts of a MESSAGE")
        : null;
  }

  private static void tell(OutgoingCall call, Envelope frame, @Nullable Status fault) {
    List<Metadata> metadata = frame.metadata();
    if (fault != null) {
      call.replied(fault, metadata);
      return;
    }
    if (frame.success()) {
      call.succeeded(frame);
      return;
    }
    Status status = StatusCodec.read(frame);
    boolean gotMessage = call.parts != null && call.parts.gotMessage;
    if (status.getNotRun() && !gotMessage) {
      call.rejected(status, metadata);
    } else {
      call.replied(status, metadata);
    }
  }

  /** A MESSAGE of a callee's stream, or a part of one. */
  void message(Envelope frame) throws WireException {
    OutgoingCall call;
    Status fault;
    long cost = 0;
    synchronized (lock) {
      call = find(frame);
      if (call == null || call.state == OutgoingCall.State.LEFT) {
        return;
      }
      OutgoingParts parts = call.parts;
      MessageReceiver receiver = parts == null ? null : parts.receiver;
      if (parts == null || receiver == null || call.state == OutgoingCall.State.SENDING) {
        fault = Faults.of(Code.INTERNAL, "C-6: a MESSAGE came from a callee that may not stream");
      } else if (parts.answer != null) {
        fault = Faults.of(Code.INTERNAL, "F-9: a MESSAGE stands between the parts of a RESPONSE");
      } else {
        fault = receiver.arrived(frame);
        if (fault == null) {
          parts.gotMessage = true;
          if (frame.more()) {
            return;
          }
          cost = receiver.cost();
        }
      }
    }
    if (fault != null) {
      calls.leave(call, fault);
    } else {
      call.message(frame, cost);
    }
  }

  /** The callee has room for more. */
  void credit(Envelope frame) throws WireException {
    synchronized (lock) {
      OutgoingCall call = find(frame);
      if (call != null && call.parts != null && call.parts.sender != null) {
        call.parts.sender.grant(frame.credit());
      }
    }
  }

  private @Nullable OutgoingCall find(Envelope frame) throws WireException {
    if (!calls.wasOpened(frame.id())) {
      throw new WireException(
          "C-2",
          Code.INTERNAL,
          frame.type()
              + " for call "
              + Long.toUnsignedString(frame.id())
              + ", which was never opened");
    }
    return calls.find(frame.id());
  }
}
