package dev.parley.connection;

import dev.parley.v1.Code;
import dev.parley.v1.Status;
import dev.parley.wire.Envelope;
import dev.parley.wire.EnvelopeCodec;
import dev.parley.wire.FrameType;
import dev.parley.wire.Limits;
import dev.parley.wire.WireException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The calls that this side has opened: their ids, their slots, their ends.
 *
 * <p>Taking an id and staging the REQUEST are one step under the lock (C-1). Which of a reply, a
 * cancellation and a lost connection ends a call is decided by its state under the lock; the call
 * is told outside it.
 */
final class OutgoingCalls {
  private static final long MAX_ID = Long.MAX_VALUE;

  private final Object lock;
  private final Outbox outbox;
  private final Timers timers;
  private final long maxReply;

  // Guarded by the lock.
  private final CallTable<OutgoingCall> table = new CallTable<>();
  private int queued;
  private long nextId;
  private int maxCalls;
  private int maxFrame;
  private long maxMessage;
  private @Nullable Status refusal;

  OutgoingCalls(Object lock, Outbox outbox, Timers timers, boolean connecting, long maxReply) {
    this.lock = lock;
    this.outbox = outbox;
    this.timers = timers;
    this.maxReply = maxReply;
    this.nextId = connecting ? 1 : 2;
    this.refusal = Faults.of(Code.UNAVAILABLE, "the connection is not open yet");
  }

  /** A request that waits in the outbox for room. */
  private final class Queued implements Outbox.Waiting {
    private final OutgoingCall call;

    Queued(OutgoingCall call) {
      this.call = call;
    }

    @Override
    public void stage() {
      if (call.limited() && call.deadline() - timers.now() <= 0) {
        return; // Nothing is left, so it is not sent (C-7): whoever watches its deadline ends it.
      }
      queued--;
      OutgoingCalls.this.stage(call);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Queued that && that.call == call;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(call);
    }
  }

  /** The peer takes calls within these limits. Under the lock. */
  void open(Handshake.Agreed peer) {
    maxCalls = peer.maxCalls();
    maxFrame = peer.maxFrame();
    maxMessage = peer.maxMessage();
    refusal = null;
  }

  /** From now on calls fail with {@code why}. Under the lock. */
  void refuse(Status why) {
    refusal = why;
  }

  /** How many slots are taken. Under the lock. */
  int inFlight() {
    return table.size() + queued;
  }

  /** Starts a call; the caller flushes the outbox afterwards. */
  void start(OutgoingCall call) {
    Status fault = faultOf(call);
    if (fault == null) {
      synchronized (lock) {
        fault = refusal;
        if (fault == null && inFlight() >= maxCalls) {
          fault =
              Faults.of(
                  Code.UNAVAILABLE,
                  "C-5: " + maxCalls + " calls are in flight, as many as the peer takes");
        }
        if (fault == null && call.requestSize > maxMessage) {
          fault = Faults.tooLarge("request", call.requestSize, maxMessage);
        }
        if (fault == null && frameSize(call) > maxFrame) {
          fault = Faults.tooLargeForAFrame("request", call.requestSize, maxFrame);
        }
        if (fault == null) {
          if (outbox.hasRoom()) {
            stage(call);
          } else {
            queued++;
            outbox.await(new Queued(call));
          }
          return;
        }
        call.state = OutgoingCall.State.ENDED;
      }
    }
    call.notSent(fault);
  }

  private @Nullable Status faultOf(OutgoingCall call) {
    String text = Limits.nameFault(call.method);
    if (text == null) {
      text = Limits.metadataFault(call.metadata);
    }
    if (text != null) {
      return Faults.of(Code.INVALID_ARGUMENT, text);
    }
    if (call.limited() && call.deadline() - timers.now() <= 0) {
      return Faults.of(
          Code.DEADLINE_EXCEEDED, "C-7: the time-out had passed before the call began");
    }
    return null;
  }

  private int frameSize(OutgoingCall call) {
    long most = (long) call.requestSize + 1024;
    if (most > Integer.MAX_VALUE) {
      return Integer.MAX_VALUE;
    }
    if (most <= maxFrame && call.metadata.isEmpty()) {
      return (int) most;
    }
    Envelope frame = fill(outbox.header(), call, MAX_ID);
    return EnvelopeCodec.headerSize(frame, call.requestSize) + call.requestSize;
  }

  private Envelope fill(Envelope frame, OutgoingCall call, long id) {
    frame.type(FrameType.REQUEST).id(id).name(call.method).metadata(call.metadata);
    if (call.limited()) {
      frame.timeoutMicros(Math.max(1, (call.deadline() - timers.now()) / 1000));
    }
    return frame;
  }

  private void stage(OutgoingCall call) {
    call.id = nextId;
    nextId += 2;
    call.state = OutgoingCall.State.WAITING;
    call.firstByte = outbox.position();
    table.put(call.id, call);
    outbox.append(fill(outbox.header(), call, call.id), call.request, call.requestSize);
  }

  /**
   * Ends a call for its application: withdrawn if it was still queued, else with CANCEL,
   * its slot held until the RESPONSE. Without effect once it has ended. The caller flushes.
   *
   * @return whether this ended it; the call has been told so
   */
  boolean leave(OutgoingCall call, Status why) {
    boolean unsent;
    synchronized (lock) {
      switch (call.state) {
        case QUEUED -> {
          outbox.withdraw(new Queued(call));
          queued--;
          call.state = OutgoingCall.State.ENDED;
          unsent = true;
        }
        case WAITING -> {
          call.state = OutgoingCall.State.LEFT;
          outbox.append(outbox.header().type(FrameType.CANCEL).id(call.id));
          unsent = false;
        }
        default -> {
          return false;
        }
      }
    }
    if (unsent) {
      call.notSent(why);
    } else {
      call.unknown(why);
    }
    return true;
  }

  /** A RESPONSE has arrived for one of our ids. */
  void response(Envelope envelope) throws WireException {
    OutgoingCall call;
    boolean left;
    synchronized (lock) {
      checkOpened(envelope);
      call = table.remove(envelope.id());
      if (call == null) {
        return;
      }
      left = call.state == OutgoingCall.State.LEFT;
      call.state = OutgoingCall.State.ENDED;
    }
    if (left) {
      return;
    }
    if (envelope.success() && envelope.payloadLength() > maxReply) {
      call.replied(
          Faults.tooLarge("reply", envelope.payloadLength(), maxReply), envelope.metadata());
      return;
    }
    if (envelope.success()) {
      call.succeeded(envelope);
      return;
    }
    Status status = StatusCodec.read(envelope);
    if (status.getNotRun()) {
      call.rejected(status, envelope.metadata());
    } else {
      call.replied(status, envelope.metadata());
    }
  }

  /** A callee's frame that its call cannot take: the call is left with {@code what}. */
  void unexpected(Envelope envelope, String what) throws WireException {
    OutgoingCall call;
    synchronized (lock) {
      checkOpened(envelope);
      call = table.get(envelope.id());
    }
    if (call != null) {
      leave(call, Faults.of(Code.INTERNAL, what));
    }
  }

  private void checkOpened(Envelope envelope) throws WireException {
    if (envelope.id() >= nextId || envelope.id() <= 0) {
      throw new WireException(
          "C-2",
          Code.INTERNAL,
          envelope.type()
              + " for call "
              + Long.toUnsignedString(envelope.id())
              + ", which was never opened");
    }
  }

  /** GOAWAY: the peer did not run calls above {@code lastId} and will not (G-1). */
  void goAway(long lastId, Status why) {
    List<OutgoingCall> unsent = new ArrayList<>();
    List<OutgoingCall> above = new ArrayList<>();
    synchronized (lock) {
      refusal = why;
      table.forEach(
          call -> {
            if (Long.compareUnsigned(call.id, lastId) > 0) {
              above.add(call);
            }
          });
      for (OutgoingCall call : above) {
        table.remove(call.id);
      }
      above.removeIf(OutgoingCalls::end);
      withdrawAll(unsent);
    }
    unsent.forEach(call -> call.notSent(why));
    above.forEach(call -> call.rejected(why, List.of()));
  }

  /**
   * The connection has ended: every call ends at once, by what is known of it (C-9).
   *
   * @param writesOn whether what is staged is still written, behind which the peer reads GOAWAY: no
   *     call in it may count as not sent
   */
  void lost(Status why, boolean writesOn) {
    List<OutgoingCall> unsent = new ArrayList<>();
    List<OutgoingCall> sent = new ArrayList<>();
    synchronized (lock) {
      refusal = why;
      List<OutgoingCall> all = new ArrayList<>();
      table.forEach(all::add);
      for (OutgoingCall call : all) {
        table.remove(call.id);
        if (!end(call)) {
          (writesOn || outbox.gave(call.firstByte) ? sent : unsent).add(call);
        }
      }
      withdrawAll(unsent);
    }
    unsent.forEach(call -> call.notSent(why));
    sent.forEach(call -> call.unknown(why));
  }

  /** Ends a call's state; whether its application had left it. Under the lock. */
  private static boolean end(OutgoingCall call) {
    boolean left = call.state == OutgoingCall.State.LEFT;
    call.state = OutgoingCall.State.ENDED;
    return left;
  }

  private void withdrawAll(List<OutgoingCall> unsent) {
    queued -=
        outbox.withdrawAll(
            message -> {
              if (message instanceof Queued request) {
                request.call.state = OutgoingCall.State.ENDED;
                unsent.add(request.call);
                return true;
              }
              return false;
            });
  }
}
