package dev.parley.connection;

import com.google.protobuf.MessageLite;
import dev.parley.v1.Code;
import dev.parley.v1.Status;
import dev.parley.wire.Envelope;
import dev.parley.wire.FrameType;
import dev.parley.wire.Limits;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The calls that this side has opened: their ids, their slots, what they send, and their ends. What
 * arrives for them is with {@link Replies}.
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
  private final HeldBytes heldBytes;
  private final Settings settings;

  // Guarded by the lock.
  private final CallTable<OutgoingCall> table = new CallTable<>();
  private int queued;
  private long nextId;
  private int maxCalls;
  private int frameLimit;
  private long maxMessage;
  private long window;
  private boolean streams;
  private @Nullable Status refusal;

  OutgoingCalls(
      Object lock,
      Outbox outbox,
      Timers timers,
      HeldBytes heldBytes,
      boolean connecting,
      Settings settings) {
    this.lock = lock;
    this.outbox = outbox;
    this.timers = timers;
    this.heldBytes = heldBytes;
    this.settings = settings;
    this.nextId = connecting ? 1 : 2;
    this.refusal = Faults.of(Code.UNAVAILABLE, "the connection is not open yet");
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
          return false; // Not sent (C-7): whoever watches its deadline ends it.
        }
        queued--;
        MessageLite request = call.request;
        if (request == null || fitsOneFrame(call)) {
          OutgoingCalls.this.stage(call);
          return false;
        }
        open(call, OutgoingCall.State.SENDING);
        pieces = new Pieces(request);
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
      whole(call);
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

  /** The peer takes calls within these limits. Under the lock. */
  void open(Handshake.Agreed peer) {
    streams = peer.streams();
    maxCalls = peer.maxCalls();
    maxMessage = peer.maxMessage();
    frameLimit = streams ? Pieces.frameLimit(peer.maxFrame()) : peer.maxFrame();
    window = peer.window();
    refusal = null;
  }

  /** From now on calls fail with {@code why}. Under the lock. */
  void refuse(Status why) {
    refusal = why;
  }

  boolean takesCalls() {
    synchronized (lock) {
      return refusal == null;
    }
  }

  /** How many slots are taken. Under the lock. */
  int inFlight() {
    return table.size() + queued;
  }

  /** The call with that id, unless it has ended. Under the lock. */
  @Nullable OutgoingCall find(long id) {
    return table.get(id);
  }

  /** Whether an id has been taken. Under the lock. */
  boolean wasOpened(long id) {
    return id > 0 && id < nextId;
  }

  /** Starts a call; the caller flushes the outbox afterwards. */
  void start(OutgoingCall call) {
    Status fault = faultOf(call);
    synchronized (lock) {
      if (fault == null) {
        fault = refusalOf(call);
      }
      if (fault == null) {
        if (outbox.hasRoom() && fitsOneFrame(call)) {
          stage(call);
        } else {
          queued++;
          outbox.await(new Queued(call));
        }
        return;
      }
      call.state = OutgoingCall.State.ENDED;
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

  private @Nullable Status refusalOf(OutgoingCall call) {
    if (refusal != null) {
      return refusal;
    }
    if (!streams && (call.clientStreams || call.serverStreams)) {
      return Faults.of(
          Code.UNIMPLEMENTED, "H-3: " + call.method + " streams, which is above the level agreed");
    }
    if (inFlight() >= maxCalls) {
      return Faults.of(
          Code.UNAVAILABLE, "C-5: " + maxCalls + " calls are in flight, as many as the peer takes");
    }
    if (call.requestSize > maxMessage) {
      return Faults.tooLarge("request", call.requestSize, maxMessage);
    }
    if (!streams && !fitsOneFrame(call)) {
      return Faults.tooLargeForAFrame("request", call.requestSize, frameLimit);
    }
    return null;
  }

  private boolean fitsOneFrame(OutgoingCall call) {
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
        .open(call.clientStreams)
        .metadata(call.metadata);
    if (call.limited()) {
      frame.timeoutMicros(Math.max(1, (call.deadline() - timers.now()) / 1000));
    }
    return frame;
  }

  private void stage(OutgoingCall call) {
    open(call, OutgoingCall.State.WAITING);
    Envelope frame = fill(outbox.header(), call, call.id);
    if (call.request == null) {
      outbox.append(frame);
    } else {
      outbox.append(frame, call.request, call.requestSize);
    }
    whole(call);
  }

  private void open(OutgoingCall call, OutgoingCall.State state) {
    call.id = nextId;
    nextId += 2;
    call.state = state;
    call.firstByte = outbox.position();
    table.put(call.id, call);
    if (call.serverStreams) {
      call.receiver =
          new MessageReceiver(outbox, heldBytes, call.id, settings.window(), settings.maxMessage());
    }
  }

  /** All of the REQUEST is in the outbox. */
  private void whole(OutgoingCall call) {
    call.state = OutgoingCall.State.WAITING;
    if (call.clientStreams) {
      call.sender = new MessageSender(outbox, call.id, window, frameLimit, call::sendable);
      if (call.endAsked) {
        call.sender.end();
      } else if (call.roomAwaited) {
        outbox.later(call::sendable);
      }
    }
  }

  /**
   * Offers a message of the caller's stream. The caller flushes, holding no lock of its own.
   *
   * @return OVER if the call has ended, or ends because of it
   */
  Offer offer(OutgoingCall call, MessageLite message) {
    int size = message.getSerializedSize();
    synchronized (lock) {
      switch (call.state) {
        case QUEUED, SENDING -> {
          call.roomAwaited = true;
          return Offer.NO_ROOM;
        }
        case WAITING -> {
          MessageSender sender = call.sender;
          if (sender == null) {
            return Offer.OVER;
          }
          if (size <= maxMessage) {
            return sender.offer(message, size);
          }
          Status fault = Faults.tooLarge("message", size, maxMessage);
          sender.stop(); // Before the call is left, no END may make the rest look like the whole.
          outbox.later(() -> leave(call, fault)); // It tells the call, which may hold a lock.
          return Offer.OVER;
        }
        default -> {
          return Offer.OVER;
        }
      }
    }
  }

  /** Half-closes; without effect the second time, and once the call has ended. */
  void finishSending(OutgoingCall call) {
    synchronized (lock) {
      if (call.sender != null) {
        call.sender.end();
      } else {
        call.endAsked = true;
      }
    }
  }

  /** The application has consumed a message of the callee's. */
  void consumed(OutgoingCall call, long cost) {
    synchronized (lock) {
      if (call.receiver != null) {
        call.receiver.consumed(cost);
      }
    }
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
        case SENDING, WAITING -> {
          if (call.state == OutgoingCall.State.SENDING) {
            outbox.withdraw(new Queued(call));
          }
          call.state = OutgoingCall.State.LEFT;
          release(call);
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

  /** The callee has begun to answer: what is left of the call is not sent. Under the lock. */
  void stopSending(OutgoingCall call) {
    if (call.state == OutgoingCall.State.SENDING) {
      outbox.withdraw(new Queued(call));
      call.state = OutgoingCall.State.WAITING;
    }
    if (call.sender != null) {
      call.sender.stop();
    }
  }

  /** Lets go of all that a call holds; it sends and takes no more. Under the lock. */
  private static void release(OutgoingCall call) {
    if (call.sender != null) {
      call.sender.stop();
    }
    if (call.receiver != null) {
      call.receiver.end();
    }
    if (call.answer != null) {
      call.answer.drop();
    }
  }

  /** Takes a call out of the table; whether its application had left it. Under the lock. */
  boolean end(OutgoingCall call) {
    boolean left = call.state == OutgoingCall.State.LEFT;
    if (call.state == OutgoingCall.State.SENDING) {
      outbox.withdraw(new Queued(call));
    }
    table.remove(call.id);
    call.state = OutgoingCall.State.ENDED;
    release(call);
    return left;
  }

  /** GOAWAY: the peer did not run calls above {@code lastId} and will not (G-1). */
  void goAway(long lastId, Status why) {
    List<OutgoingCall> unsent = new ArrayList<>();
    List<OutgoingCall> above = new ArrayList<>();
    synchronized (lock) {
      refusal = why;
      table.forEach(
          call -> {
            if (Long.compareUnsigned(call.id, lastId) > 0 && call.answer == null) {
              above.add(call);
            }
          });
      above.removeIf(this::end);
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
        if (!end(call)) {
          (writesOn || outbox.gave(call.firstByte) ? sent : unsent).add(call);
        }
      }
      withdrawAll(unsent);
    }
    unsent.forEach(call -> call.notSent(why));
    sent.forEach(call -> call.unknown(why));
  }

  private void withdrawAll(List<OutgoingCall> unsent) {
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
}
