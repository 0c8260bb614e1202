package dev.parley.connection;

import com.google.protobuf.MessageLite;
import dev.parley.v1.Code;
import dev.parley.v1.Metadata;
import dev.parley.v1.Status;
import dev.parley.wire.Envelope;
import dev.parley.wire.FrameType;
import dev.parley.wire.Limits;
import dev.parley.wire.WireException;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The RESPONSEs to the peer's calls: exactly one each, the last frame of its call (C-3). Guarded by
 * the connection's lock.
 */
final class Answers {
  /** The bytes of a RESPONSE beyond its payload and metadata are fewer than this. */
  private static final int HEADER = 64;

  private final Outbox outbox;
  private final Consumer<IncomingCall> end;
  private final int maxRefusals;
  private int maxFrame;
  private int frameLimit;
  private long maxMessage;
  private boolean streams;

  /** Where the last refusal ends in the stream of bytes, and how many are not written before it. */
  private long refusalsEnd;

  private int refusals;

  /**
   * @param end takes a call out of its table, when its RESPONSE is staged
   */
  Answers(Outbox outbox, Consumer<IncomingCall> end, int maxRefusals) {
    this.outbox = outbox;
    this.end = end;
    this.maxRefusals = maxRefusals;
  }

  void open(Handshake.Agreed peer) {
    maxFrame = peer.maxFrame();
    maxMessage = peer.maxMessage();
    streams = peer.streams();
    frameLimit = streams ? Pieces.frameLimit(maxFrame) : maxFrame;
  }

  /** Bounds the refusals that a peer leaves unread (C-4). */
  void countRefusal() throws WireException {
    if (outbox.gave(refusalsEnd - 1)) {
      refusals = 0;
    }
    if (++refusals > maxRefusals) {
      throw new WireException(
          "C-4",
          Code.RESOURCE_EXHAUSTED,
          refusals + " rejected calls wait to be read, more than " + maxRefusals);
    }
  }

  /** Answers that the handler did not run and will not. */
  void refuse(long id, Status why) {
    append(id, why.toBuilder().setNotRun(true).build(), List.of());
    refusalsEnd = outbox.position();
  }

  /**
   * Answers with a reply, or with none where the callee streams.
   *
   * @param early the reply as bytes, if it was encoded before
   */
  void reply(
      IncomingCall call,
      @Nullable MessageLite reply,
      @Nullable Encoded early,
      List<Metadata> metadata) {
    int size = reply == null ? 0 : reply.getSerializedSize();
    Status fault = faultOf(metadata);
    if (fault == null && size > maxMessage) {
      fault = Faults.tooLarge("reply", size, maxMessage);
    }
    if (fault == null && !streams && !fitsOneFrame(call, size, metadata)) {
      fault = Faults.tooLargeForAFrame("reply", size, maxFrame);
    }
    if (fault == null) {
      answer(call, true, reply, size, early, metadata);
    } else {
      answer(call, false, fault, fault.getSerializedSize(), null, List.of());
    }
  }

  /** Answers with a failure. */
  void fail(IncomingCall call, Status why, List<Metadata> metadata) {
    List<Metadata> kept = faultOf(metadata) == null ? metadata : List.of();
    Status ran = fit(why.toBuilder().clearNotRun().build());
    answer(call, false, ran, ran.getSerializedSize(), null, kept);
  }

  private static @Nullable Status faultOf(List<Metadata> metadata) {
    String text = Limits.metadataFault(metadata);
    return text == null ? null : Faults.of(Code.INTERNAL, text);
  }

  private boolean fitsOneFrame(IncomingCall call, int size, List<Metadata> metadata) {
    if ((long) size + HEADER <= frameLimit && metadata.isEmpty()) {
      return true;
    }
    Envelope frame = frameOf(call).success(true).metadata(metadata);
    return Pieces.fitsOne(frame, size, frameLimit);
  }

  private Status fit(Status status) {
    return StatusCodec.fit(status, maxFrame - HEADER - 2 * Limits.METADATA_BYTES);
  }

  private void answer(
      IncomingCall call,
      boolean success,
      @Nullable MessageLite payload,
      int size,
      @Nullable Encoded early,
      List<Metadata> metadata) {
    if (!outbox.hasRoom() || sends(call) || !fitsOneFrame(call, size, metadata)) {
      outbox.await(new Answer(call, success, payload, size, early, metadata));
    } else if (call.stop != null) {
      answerStopped(call, call.stop);
    } else {
      answerWhole(call, success, payload, size, metadata);
    }
  }

  /** Whether messages of the callee's come first. */
  private static boolean sends(IncomingCall call) {
    return call.parts != null && call.parts.sends();
  }

  /** Answers a call with why it was stopped. */
  private void answerStopped(IncomingCall call, Status why) {
    append(call.id, why, List.of());
    end.accept(call);
  }

  /** Answers in one frame. */
  private void answerWhole(
      IncomingCall call,
      boolean success,
      @Nullable MessageLite payload,
      int size,
      List<Metadata> metadata) {
    Envelope frame = frameOf(call).success(success).metadata(metadata);
    if (payload == null) {
      outbox.append(frame);
    } else {
      outbox.append(frame, payload, size);
    }
    end.accept(call);
  }

  private Envelope frameOf(IncomingCall call) {
    return outbox.header().type(FrameType.RESPONSE).id(call.id);
  }

  private void append(long id, Status why, List<Metadata> metadata) {
    Status status = fit(why);
    outbox.append(
        outbox.header().type(FrameType.RESPONSE).id(id).metadata(metadata),
        status,
        status.getSerializedSize());
  }

  /** A RESPONSE that may have to wait for room, for its call's messages, or for its next turn. */
  private final class Answer implements Outbox.Waiting {
    private final IncomingCall call;
    private final boolean success;
    private final @Nullable MessageLite payload;
    private final int size;
    private final List<Metadata> metadata;
    private @Nullable Encoded early;
    private @Nullable Pieces pieces;

    Answer(
        IncomingCall call,
        boolean success,
        @Nullable MessageLite payload,
        int size,
        @Nullable Encoded early,
        List<Metadata> metadata) {
      this.call = call;
      this.success = success;
      this.payload = payload;
      this.size = size;
      this.early = early;
      this.metadata = metadata;
    }

    @Override
    public boolean stage() {
      if (call.state == IncomingCall.State.ENDED) {
        return false;
      }
      Pieces sending = pieces;
      if (call.stop != null) {
        if (sending == null) {
          answerStopped(call, call.stop);
        } else {
          outbox.append(frameOf(call)); // a RESPONSE that has begun ends with one frame more.
          end.accept(call);
        }
        return false;
      }
      if (sends(call)) {
        return true;
      }
      if (payload == null || (sending == null && fitsOneFrame(call, size, metadata))) {
        answerWhole(call, success, payload, size, metadata);
        return false;
      }
      Envelope header = frameOf(call);
      if (sending == null) {
        header.success(success).metadata(metadata);
        sending = new Pieces(early != null ? early : outbox.encode(payload, size));
        early = null;
        pieces = sending;
      }
      if (sending.append(outbox, header, frameLimit) < 0) {
        return true;
      }
      end.accept(call);
      return false;
    }
  }
}
