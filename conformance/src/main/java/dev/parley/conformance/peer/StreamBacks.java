package dev.parley.conformance.peer;

import com.google.protobuf.MessageLite;
import dev.parley.conformance.program.Tally;
import dev.parley.conformance.v1.Conformance;
import dev.parley.conformance.v1.StreamBack;
import dev.parley.conformance.v1.StreamBackResult;
import dev.parley.conformance.v1.StreamReply;
import dev.parley.conformance.v1.StreamRequest;
import dev.parley.conformance.v1.StreamShape;
import dev.parley.conformance.v1.UnaryReply;
import dev.parley.rpc.BidiStream;
import dev.parley.rpc.CallOptions;
import dev.parley.rpc.ClientStream;
import dev.parley.rpc.MessageSink;
import dev.parley.rpc.MessageStream;
import dev.parley.rpc.Peer;
import dev.parley.rpc.RpcException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/** Streams that a handler opens at its caller. */
final class StreamBacks {
  private StreamBacks() {}

  /** Plays it to its end. */
  static StreamBackResult play(StreamBack back, Peer peer) {
    CallOptions options = CallOptions.DEFAULT;
    if (back.getTimeoutUs() != 0) {
      options = options.withTimeout(Duration.of(back.getTimeoutUs(), ChronoUnit.MICROS));
    }
    Tally tally = new Tally();
    StreamBackResult.Builder result = StreamBackResult.newBuilder();
    try {
      if (stream(back, peer, options, tally, result)) {
        result.setOutcome("REPLIED");
      }
    } catch (RpcException e) {
      result.setOutcome(e.outcome().name()).setCode(e.status().number());
    }
    return result.setTaken(tally.taken()).build();
  }

  /** Whether it came to its end. */
  private static boolean stream(
      StreamBack back,
      Peer peer,
      CallOptions options,
      Tally tally,
      StreamBackResult.Builder result) {
    if (back.getShape() == StreamShape.CLIENT) {
      try (ClientStream<StreamRequest, UnaryReply> stream =
          peer.clientStream(Conformance.CLIENT_STREAM, options)) {
        send(back, stream);
        UnaryReply reply = stream.finish();
        tally.add(reply.toByteString());
        result.setReply(reply);
      }
      return true;
    }
    if (back.getShape() == StreamShape.BIDI) {
      try (BidiStream<StreamRequest, StreamReply> stream =
          peer.bidiStream(Conformance.BIDI, options)) {
        send(back, stream);
        stream.finishSending();
        return read(back, stream, tally);
      }
    }
    try (MessageStream<StreamReply> stream =
        peer.serverStream(Conformance.SERVER_STREAM, back.getRequests(0), options)) {
      return read(back, stream, tally);
    }
  }

  private static void send(StreamBack back, MessageSink<StreamRequest> sink) {
    back.getRequestsList().forEach(sink::send);
  }

  private static <M extends MessageLite> boolean read(
      StreamBack back, MessageStream<M> stream, Tally tally) {
    while (back.getCloseAfter() == 0 || tally.count() < back.getCloseAfter()) {
      Optional<M> message = stream.next();
      if (message.isEmpty()) {
        return true;
      }
      tally.add(message.get().toByteString());
    }
    return false;
  }
}
