package dev.parley.connection;

import com.google.protobuf.MessageLite;
import dev.parley.v1.Code;
import dev.parley.v1.Metadata;
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
 * The calls that the peer has opened: the high-water mark, the slots, the answers.
 *
 * <p>A call leaves the table when its RESPONSE is staged, which is before the peer can know of it,
 * so a peer that counts correctly is never over {@code max_calls} (C-3).
 */
final class IncomingCalls {
  /** A success frame's bytes beyond payload and metadata are fewer than this. */
  private static final int HEADER = 64;

  private final Object lock;
  private final Outbox outbox;
  private final Timers timers;
  private final int maxCalls;
  private final long maxRequest;

  // Guarded by the lock.
  private final CallTable<IncomingCall> table = new CallTable<>();
  private long mark;
  private long held;
  private boolean draining;
  private long lastServed;
  private int maxFrame;
  private long maxMessage;
  private boolean lost;

  /**
   * Where the last rejection ends in the stream of bytes, and how many are not written before it.
   */
  private long rejectionsEnd;

  private int rejections;

  IncomingCalls(Object lock, Outbox outbox, Timers timers, Settings settings) {
    this.lock = lock;
    this.outbox = outbox;
    this.timers = timers;
    this.maxCalls = settings.maxCalls();
    this.maxRequest = settings.maxMessage();
  }

  /** Answers go to a peer with these limits. Under the lock. */
  void open(Handshake.Agreed peer) {
    maxFrame = peer.maxFrame();
    maxMessage = peer.maxMessage();
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

  /** A REQUEST that opens a call; null if it has been answered or dropped. */
  @Nullable IncomingCall open(Envelope envelope) throws WireException {
    long id = envelope.id();
    IncomingCall call;
    synchronized (lock) {
      if (id <= 0 || id <= mark) {
        throw new WireException(
            id <= 0 ? "C-1" : "C-2",
            Code.INTERNAL,
            "REQUEST " + Long.toUnsignedString(id) + " is not above " + mark);
      }
      if (draining) {
        mark = id; // G-2: it was on its way when we said goodbye; our GOAWAY has answered it.
        return null;
      }
      mark = id;
      if (envelope.open() || envelope.more()) {
        stageFailure(
            id,
            Faults.notRun(
                Code.UNIMPLEMENTED, "H-3: streams and fragments are above the level agreed"),
            List.of());
        return null;
      }
      if (table.size() >= maxCalls) {
        countRejection();
        stageFailure(
            id,
            Faults.notRun(
                Code.UNAVAILABLE, "C-4: " + maxCalls + " calls are in flight, the most taken here"),
            List.of());
        return null;
      }
      if (envelope.payloadLength() > maxRequest) {
        Status fault = Faults.tooLarge("request", envelope.payloadLength(), maxRequest);
        stageFailure(id, fault.toBuilder().setNotRun(true).build(), List.of());
        return null;
      }
      if (held + envelope.payloadLength() > Limits.MAX_HELD) {
        stageFailure(
            id,
            Faults.notRun(
                Code.RESOURCE_EXHAUSTED,
                "C-11: " + held + " bytes of requests are held, of at most " + Limits.MAX_HELD),
            List.of());
        return null;
      }
      long micros = envelope.timeoutMicros();
      boolean limited = envelope.hasTimeout();
      long deadline = limited ? timers.now() + micros * 1000 : OutgoingCall.NEVER;
      call =
          new IncomingCall(
              this,
              id,
              envelope.payloadLength(),
              envelope.name(),
              List.copyOf(envelope.metadata()),
              limited,
              deadline);
      table.put(id, call);
      held += call.size;
      if (limited) {
        call.timer = timers.at(deadline, () -> expire(call));
      }
    }
    return call;
  }

  /** Bounds the rejections that a peer leaves unread (C-4). */
  private void countRejection() throws WireException {
    if (outbox.gave(rejectionsEnd - 1)) {
      rejections = 0;
    }
    if (++rejections > maxCalls) {
      throw new WireException(
          "C-4",
          Code.RESOURCE_EXHAUSTED,
          rejections + " rejected calls wait to be read, more than " + maxCalls);
    }
  }

  /** A frame of the caller's that its call cannot take: the call fails with {@code what}. */
  void unexpected(Envelope envelope, String what) throws WireException {
    IncomingCall call = find(envelope);
    if (call != null) {
      stop(call, Code.INTERNAL, what);
    }
  }

  /** The caller takes its call back. */
  void cancel(Envelope envelope) throws WireException {
    IncomingCall call = find(envelope);
    if (call != null) {
      stop(call, Code.CANCELLED, "the caller cancelled the call");
    }
  }

  private @Nullable IncomingCall find(Envelope envelope) throws WireException {
    synchronized (lock) {
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
  }

  private void expire(IncomingCall call) {
    stop(call, Code.DEADLINE_EXCEEDED, "the caller's time-out passed");
    outbox.flush();
  }

  /** Tells a call to stop; one that has not begun is answered at once, and never runs. */
  private void stop(IncomingCall call, Code code, String why) {
    Runnable listener = null;
    synchronized (lock) {
      if (call.state == IncomingCall.State.ARRIVED) {
        call.stop = Faults.of(code, why);
        end(call);
        stageFailure(call.id, Faults.notRun(code, why), List.of());
      } else if (call.state == IncomingCall.State.RUNNING) {
        call.state = IncomingCall.State.STOPPED;
        call.stop = Faults.of(code, why);
        listener = call.listener;
        call.listener = null;
      }
    }
    if (listener != null) {
      listener.run();
    }
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

  boolean isStopped(IncomingCall call) {
    synchronized (lock) {
      return call.stop != null;
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

  void reply(IncomingCall call, MessageLite reply, List<Metadata> metadata) {
    Status fault = faultOf(metadata);
    int size = reply.getSerializedSize();
    synchronized (lock) {
      if (fault == null && size > maxMessage) {
        fault = Faults.tooLarge("reply", size, maxMessage);
      }
      if (fault == null && size > maxFrame - HEADER - Limits.METADATA_BYTES) {
        fault = sizeFault(call.id, size, metadata);
      }
      if (fault == null) {
        answer(call, new Answer(call, true, reply, size, metadata));
      } else {
        answer(call, new Answer(call, false, fault, fault.getSerializedSize(), List.of()));
      }
    }
    outbox.flush();
  }

  private @Nullable Status sizeFault(long id, int size, List<Metadata> metadata) {
    Envelope frame =
        outbox.header().type(FrameType.RESPONSE).id(id).success(true).metadata(metadata);
    if ((long) EnvelopeCodec.headerSize(frame, size) + size <= maxFrame) {
      return null;
    }
    return Faults.tooLargeForAFrame("reply", size, maxFrame);
  }

  private static @Nullable Status faultOf(List<Metadata> metadata) {
    String text = Limits.metadataFault(metadata);
    return text == null ? null : Faults.of(Code.INTERNAL, text);
  }

  void fail(IncomingCall call, Status why, List<Metadata> metadata) {
    Status fault = faultOf(metadata);
    List<Metadata> kept = fault == null ? metadata : List.of();
    synchronized (lock) {
      Status ran = fit(why.toBuilder().clearNotRun().build());
      answer(call, new Answer(call, false, ran, ran.getSerializedSize(), kept));
    }
    outbox.flush();
  }

  private Status fit(Status status) {
    return StatusCodec.fit(status, maxFrame - HEADER - 2 * Limits.METADATA_BYTES);
  }

  void reject(IncomingCall call, Status why) {
    synchronized (lock) {
      if (call.state == IncomingCall.State.ARRIVED) {
        end(call);
        stageFailure(call.id, why.toBuilder().setNotRun(true).build(), List.of());
      }
    }
    outbox.flush();
  }

  /** A RESPONSE that may have to wait for room in the outbox. */
  private final class Answer implements Outbox.Waiting {
    private final IncomingCall call;
    private final boolean success;
    private final MessageLite payload;
    private final int size;
    private final List<Metadata> metadata;

    Answer(
        IncomingCall call,
        boolean success,
        MessageLite payload,
        int size,
        List<Metadata> metadata) {
      this.call = call;
      this.success = success;
      this.payload = payload;
      this.size = size;
      this.metadata = metadata;
    }

    @Override
    public void stage() {
      if (call.state == IncomingCall.State.ENDED) {
        return;
      }
      Status stop = call.stop;
      end(call);
      if (stop != null) {
        stageFailure(call.id, stop, List.of());
      } else {
        outbox.append(
            outbox
                .header()
                .type(FrameType.RESPONSE)
                .id(call.id)
                .success(success)
                .metadata(metadata),
            payload,
            size);
      }
    }
  }

  private void answer(IncomingCall call, Answer answer) {
    if (lost || call.state == IncomingCall.State.ENDED) {
      return;
    }
    if (outbox.hasRoom()) {
      answer.stage();
    } else {
      outbox.await(answer);
    }
  }

  private void stageFailure(long id, Status why, List<Metadata> metadata) {
    Status status = fit(why);
    outbox.append(
        outbox.header().type(FrameType.RESPONSE).id(id).metadata(metadata),
        status,
        status.getSerializedSize());
    if (status.getNotRun()) {
      rejectionsEnd = outbox.position();
    }
  }

  private void end(IncomingCall call) {
    call.state = IncomingCall.State.ENDED;
    if (call.timer != null) {
      call.timer.cancel();
      call.timer = null;
    }
    if (table.remove(call.id) != null) {
      held -= call.size;
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
