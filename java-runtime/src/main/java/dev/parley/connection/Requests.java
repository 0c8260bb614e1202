package dev.parley.connection;

import com.google.protobuf.MessageLite;
import dev.parley.wire.Envelope;
import dev.parley.wire.FrameType;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The REQUESTs of this side on their way into the outbox: their ids, their frames, and those that
 * wait for room or for their next turn. Guarded by the connection's lock.
 */
final class Requests {
  private static final long MAX_ID = Long.MAX_VALUE;

  private final Outbox outbox;
  private final Timers timers;
  private final Steps steps;
  private int queued;
  private long nextId;
  private int frameLimit;

  /** What happens to a call on its way. */
  interface Steps {
    /** It has an id; its first frame is staged next. */
    void opened(OutgoingCall call);

    /** Its deadline has passed before it had an id; it waits no more. */
    void late(OutgoingCall call);

    /** Its request threw while it was encoded; nothing of it was sent, and it waits no more. */
    void unencodable(OutgoingCall call, Throwable why);

    /** All of its REQUEST is in the outbox. */
    void whole(OutgoingCall call);
  }

  Requests(Outbox outbox, Timers timers, boolean connecting, Steps steps) {
    this.outbox = outbox;
    this.timers = timers;
    this.steps = steps;
    this.nextId = connecting ? 1 : 2;
  }

  void open(Handshake.Agreed peer) {
    frameLimit = peer.streams() ? Pieces.frameLimit(peer.maxFrame()) : peer.maxFrame();
  }

  /** The longest frame that a message is cut into, or that it must fit. */
  int frameLimit() {
    return frameLimit;
  }

  /** How many calls have no id yet. */
  int queued() {
    return queued;
  }

  /** Whether an id has been taken. */
  boolean wasOpened(long id) {
    return id > 0 && id < nextId;
  }

  /**
   * Sends a REQUEST, at once if there is room and it fits one frame, or else in its turns. Taking
   * an id and staging the first frame are one step (C-1).
   */
  void send(OutgoingCall call) {
    if (outbox.hasRoom() && fitsOneFrame(call)) {
      stage(call);
    } else {
      call.state = OutgoingCall.State.QUEUED;
      queued++;
      outbox.await(new Queued(call));
    }
  }

  /** Whether the REQUEST fits one frame. */
  boolean fitsOneFrame(OutgoingCall call) {
    // The name and the numbers of a header without metadata take fewer bytes than this.
    if ((long) call.requestSize + 1024 <= frameLimit && call.metadata.isEmpty()) {
      return true;
    }
    return Pieces.fitsOne(fill(outbox.header(), call, MAX_ID), call.requestSize, frameLimit);
  }

  private Envelope fill(Envelope frame, OutgoingCall call, long id) {
    frame
        .type(FrameType.REQUEST)
        .id(id)
        .name(call.method)
        .open(call.clientStreams())
        .metadata(call.metadata);
    if (call.limited()) {
      frame.timeoutMicros(Math.max(1, (call.deadline() - timers.now()) / 1000));
    }
    return frame;
  }

  private void stage(OutgoingCall call) {
    long firstByte = outbox.position();
    Envelope frame = fill(outbox.header(), call, nextId);
    if (call.request == null) {
      outbox.append(frame);
    } else {
      outbox.append(frame, call.request, call.requestSize);
    }
    takeId(call, firstByte); // Not before: a message may throw while it is encoded.
    steps.whole(call);
  }

  private void takeId(OutgoingCall call, long firstByte) {
    call.id = nextId;
    nextId += 2;
    call.state = OutgoingCall.State.SENDING;
    call.firstByte = firstByte;
    steps.opened(call);
  }

  /** Takes back what has not been staged of a call's REQUEST. */
  void withdraw(OutgoingCall call) {
    if (call.state == OutgoingCall.State.QUEUED) {
      queued--;
    }
    if (call.state == OutgoingCall.State.QUEUED || call.state == OutgoingCall.State.SENDING) {
      outbox.withdraw(new Queued(call));
    }
  }

  /** Takes back all calls that have no id yet, into {@code unsent}. */
  void withdrawAll(List<OutgoingCall> unsent) {
    queued -=
        outbox.withdrawAll(
            message -> {
              if (message instanceof Queued request
                  && request.call.state == OutgoingCall.State.QUEUED) {
                request.call.state = OutgoingCall.State.ENDED;
                unsent.add(request.call);
                return true;
              }
              return false;
            });
  }

  /** Gives each call that has no id yet to {@code action}, which must not change them. */
  void forEachQueued(Consumer<OutgoingCall> action) {
    outbox.forEachWaiting(
        message -> {
          if (message instanceof Queued request
              && request.call.state == OutgoingCall.State.QUEUED) {
            action.accept(request.call);
          }
        });
  }

  /** A request that waits in the outbox for room, or for its next turn. */
  private final class Queued implements Outbox.Waiting {
    private final OutgoingCall call;
    private @Nullable Pieces pieces;

    Queued(OutgoingCall call) {
      this.call = call;
    }

    @Override
    public boolean stage() {
      if (call.state == OutgoingCall.State.QUEUED) {
        if (call.limited() && call.deadline() - timers.now() <= 0) {
          steps.late(call); // Not sent (C-7).
          return false;
        }
        MessageLite request = call.request;
        try {
          if (request == null || fitsOneFrame(call)) {
            Requests.this.stage(call);
            queued--;
            return false;
          }
          Encoded early = call.encoded;
          call.encoded = null;
          pieces = new Pieces(early != null ? early : outbox.encode(request, call.requestSize));
        } catch (RuntimeException | Error e) {
          steps.unencodable(call, e);
          return false;
        }
        queued--;
        takeId(call, outbox.position());
      }
      Pieces sending = pieces;
      if (sending == null || call.state != OutgoingCall.State.SENDING) {
        return false;
      }
      Envelope header =
          sending.begun()
              ? outbox.header().type(FrameType.REQUEST).id(call.id)
              : fill(outbox.header(), call, call.id);
      if (sending.append(outbox, header, frameLimit) < 0) {
        return true;
      }
      steps.whole(call);
      return false;
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
}
