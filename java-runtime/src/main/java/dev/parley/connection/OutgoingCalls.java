package dev.parley.connection;

import com.google.protobuf.MessageLite;
import dev.parley.v1.Code;
import dev.parley.v1.Status;
import dev.parley.wire.FrameType;
import dev.parley.wire.Limits;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The calls that this side has opened: their slots, what they send, and their ends. Their REQUESTs
 * go out through {@link Requests}; what arrives for them is with {@link Replies}.
 *
 * <p>Which of a reply, a cancellation and a lost connection ends a call is decided by its state
 * under the lock; the call is told outside it.
 */
final class OutgoingCalls {
  private final Object lock;
  private final Outbox outbox;
  private final Timers timers;
  private final HeldBytes heldBytes;
  private final Settings settings;
  private final Requests requests;

  // Guarded by the lock.
  private final CallTable<OutgoingCall> table = new CallTable<>();
  private final Deadlines deadlines;
  private int maxCalls;
  private long maxMessage;
  private long window;
  private volatile boolean streams;
  private @Nullable Status refusal;

  /** The good name that was checked last, by whatever thread: most calls are of one method. */
  private @Nullable String checkedName;

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
    this.deadlines = new Deadlines(timers, this::expire);
    this.requests =
        new Requests(
            outbox,
            timers,
            connecting,
            new Requests.Steps() {
              @Override
              public void opened(OutgoingCall call) {
                OutgoingCalls.this.opened(call);
              }

              @Override
              public void late(OutgoingCall call) {
                outbox.later(() -> leave(call, timedOut()));
              }

              @Override
              public void unencodable(OutgoingCall call, Throwable why) {
                outbox.later(() -> leave(call, OutgoingCalls.unencodable(why)));
              }

              @Override
              public void whole(OutgoingCall call) {
                OutgoingCalls.this.whole(call);
              }
            });
    this.refusal = Faults.of(Code.UNAVAILABLE, "the connection is not open yet");
  }

  /** The peer takes calls within these limits. Under the lock. */
  void open(Handshake.Agreed peer) {
    streams = peer.streams();
    maxCalls = peer.maxCalls();
    maxMessage = peer.maxMessage();
    requests.open(peer);
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
    return table.size() + requests.queued();
  }

  /** The call with that id, unless it has ended. Under the lock. */
  @Nullable OutgoingCall find(long id) {
    return table.get(id);
  }

  /** Whether an id has been taken. Under the lock. */
  boolean wasOpened(long id) {
    return requests.wasOpened(id);
  }

  /** Starts a call; the caller flushes the outbox afterwards. */
  void start(OutgoingCall call) {
    Status fault = faultOf(call);
    if (fault == null) {
      fault = encodeIfLong(call);
    }
    synchronized (lock) {
      if (call.state != OutgoingCall.State.NEW) {
        return; // Its application was faster to leave it.
      }
      if (fault == null) {
        fault = refusalOf(call);
      }
      if (fault == null) {
        requests.send(call);
        if (call.limited()) {
          deadlines.watch(call.deadline());
        }
        return;
      }
      call.state = OutgoingCall.State.ENDED;
    }
    call.notSent(fault);
  }

  /** Encodes a long request before the lock is taken; why it cannot be sent. */
  private @Nullable Status encodeIfLong(OutgoingCall call) {
    try {
      MessageLite request = call.request;
      if (request != null && streams && call.requestSize >= Encoded.LONG) {
        call.encoded = outbox.encode(request, call.requestSize);
      }
      return null;
    } catch (RuntimeException | Error e) {
      return unencodable(e);
    }
  }

  private static Status unencodable(Throwable why) {
    return Faults.of(Code.INTERNAL, "the request cannot be encoded: " + why.getMessage());
  }

  @SuppressWarnings("ReferenceEquality") // Asks for the very object that was checked.
  private @Nullable Status faultOf(OutgoingCall call) {
    String text = null;
    if (call.method != checkedName) {
      text = Limits.nameFault(call.method);
      if (text == null) {
        checkedName = call.method;
      }
    }
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
    if (!streams && (call.clientStreams() || call.serverStreams)) {
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
    if (!streams && !requests.fitsOneFrame(call)) {
      return Faults.tooLargeForAFrame("request", call.requestSize, requests.frameLimit());
    }
    return null;
  }

  /** A call has an id. */
  private void opened(OutgoingCall call) {
    table.put(call.id, call);
    if (call.serverStreams) {
      call.parts().receiver =
          new MessageReceiver(outbox, heldBytes, call.id, settings.window(), settings.maxMessage());
    }
  }

  /** All of the REQUEST is in the outbox. */
  private void whole(OutgoingCall call) {
    call.state = OutgoingCall.State.WAITING;
    if (call.clientStreams()) {
      OutgoingParts parts = call.parts();
      parts.sender =
          new MessageSender(outbox, call.id, window, requests.frameLimit(), call::sendable);
      if (parts.endAsked) {
        parts.sender.end();
      } else if (parts.roomAwaited) {
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
    Encoded early =
        size >= Encoded.LONG && takesMessage(call, size) ? outbox.encode(message, size) : null;
    synchronized (lock) {
      switch (call.state) {
        case NEW, QUEUED, SENDING -> {
          call.parts().roomAwaited = true;
          return Offer.NO_ROOM;
        }
        case WAITING -> {
          MessageSender sender = call.parts().sender;
          if (sender == null) {
            return Offer.OVER;
          }
          if (size <= maxMessage) {
            return sender.offer(message, size, early);
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

  /** Whether an offer is likely to be taken, so that it pays to encode the message. */
  private boolean takesMessage(OutgoingCall call, int size) {
    synchronized (lock) {
      MessageSender sender = call.parts == null ? null : call.parts.sender;
      return sender != null && sender.hasRoom() && size <= maxMessage;
    }
  }

  /** Half-closes; without effect the second time, and once the call has ended. */
  void finishSending(OutgoingCall call) {
    synchronized (lock) {
      OutgoingParts parts = call.parts();
      if (parts.sender != null) {
        parts.sender.end();
      } else {
        parts.endAsked = true;
      }
    }
  }

  /** The application has consumed a message of the callee's; whether that has staged anything. */
  boolean consumed(OutgoingCall call, long cost) {
    synchronized (lock) {
      MessageReceiver receiver = call.parts().receiver;
      return receiver != null && receiver.consumed(cost);
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
        case NEW, QUEUED -> {
          requests.withdraw(call);
          call.state = OutgoingCall.State.ENDED;
          unsent = true;
        }
        case SENDING, WAITING -> {
          requests.withdraw(call);
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

  /** A deadline may have passed: leaves the calls whose has. */
  private void expire() {
    List<OutgoingCall> late = new ArrayList<>();
    synchronized (lock) {
      long now = timers.now();
      deadlines.passed(now);
      Consumer<OutgoingCall> look =
          call -> {
            if (!call.limited() || call.state == OutgoingCall.State.LEFT) {
              return;
            }
            if (call.deadline() - now <= 0) {
              late.add(call);
            } else {
              deadlines.watch(call.deadline());
            }
          };
      table.forEach(look);
      requests.forEachQueued(look);
    }
    late.forEach(call -> leave(call, timedOut()));
    outbox.flush();
  }

  private static Status timedOut() {
    return Faults.of(Code.DEADLINE_EXCEEDED, "the time-out passed");
  }

  /** The callee has begun to answer: what is left of the call is not sent. Under the lock. */
  void stopSending(OutgoingCall call) {
    requests.withdraw(call);
    call.state = OutgoingCall.State.WAITING;
    call.parts().stopSending();
  }

  /** Lets go of all that a call holds; it sends and takes no more. Under the lock. */
  private static void release(OutgoingCall call) {
    if (call.parts != null) {
      call.parts.release();
    }
  }

  /** Takes a call out of the table; whether its application had left it. Under the lock. */
  boolean end(OutgoingCall call) {
    boolean left = call.state == OutgoingCall.State.LEFT;
    requests.withdraw(call);
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
            if (Long.compareUnsigned(call.id, lastId) > 0
                && (call.parts == null || call.parts.answer == null)) {
              above.add(call);
            }
          });
      above.removeIf(this::end);
      requests.withdrawAll(unsent);
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
      requests.withdrawAll(unsent);
      deadlines.end();
    }
    unsent.forEach(call -> call.notSent(why));
    sent.forEach(call -> call.unknown(why));
  }
}
