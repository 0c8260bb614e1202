package dev.parley.connection;

import static dev.parley.connection.ScriptedPeer.frame;
import static dev.parley.connection.ScriptedPeer.response;
import static dev.parley.connection.ScriptedPeer.streaming;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.parley.connection.ScriptedPeer.RecordedCall;
import dev.parley.test.v1.Text;
import dev.parley.v1.Code;
import dev.parley.v1.Envelope;
import dev.parley.v1.Envelope.Type;
import dev.parley.v1.Status;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a connection does for calls of its own side that stream. */
class StreamingCallerTest {
  private static final long PLENTY = 1 << 20;
  private static final Text SMALL = Text.newBuilder().setText("small").build();

  private static RecordedCall start(ScriptedPeer server, boolean client, boolean callee) {
    RecordedCall call = new RecordedCall("test.v1.Service/Method", client ? null : SMALL, callee);
    server.connection.call(call);
    return call;
  }

  private static Envelope.Builder message(long id, String payload) {
    return frame(Type.MESSAGE, id).setPayload(ByteString.copyFromUtf8(payload));
  }

  private static Envelope.Builder end(long id) {
    return frame(Type.RESPONSE, id).setSuccess(true);
  }

  @Test
  void aCallerThatStreamsOpensItsCallAndHalfClosesIt() {
    ScriptedPeer server = ScriptedPeer.openServer(streaming(PLENTY));
    RecordedCall call = start(server, true, false);
    assertThat(server.connection.offer(call, SMALL)).isEqualTo(Offer.TAKEN);
    server.connection.finishSending(call);
    server.connection.finishSending(call);
    Envelope request = server.next();
    assertThat(request.getOpen()).isTrue();
    assertThat(request.getPayload()).isEmpty();
    assertThat(server.next().getPayload()).isEqualTo(SMALL.toByteString());
    assertThat(server.next().getType()).isEqualTo(Type.END);
    assertThat(server.connection.offer(call, SMALL)).isEqualTo(Offer.OVER);
    server.play(response(1, SMALL));
    assertThat(call.ends).containsExactly("succeeded");
    assertThat(server.poll()).isNull();
  }

  @Test
  void whatACalleeStreamsArrivesInOrderBeforeTheEnd() {
    ScriptedPeer server = ScriptedPeer.openServer(streaming(PLENTY));
    RecordedCall call = start(server, false, true);
    server.next();
    server.play(message(1, "a"), message(1, "b").setMore(true), message(1, "c"), end(1));
    assertThat(call.messages).containsExactly("a", "bc");
    assertThat(call.costs).containsExactly(65L, 130L);
    assertThat(call.ends).containsExactly("succeeded");
  }

  @Test
  void aLargeRequestAndSmallOnesTakeTurns() {
    ScriptedPeer server = ScriptedPeer.openServer(streaming(PLENTY));
    server.call("x".repeat(200_000));
    server.call("small");
    List<String> order = new ArrayList<>();
    for (Envelope frame = server.poll(); frame != null; frame = server.poll()) {
      assertThat(frame.getSerializedSize()).isLessThanOrEqualTo(65_536);
      order.add(frame.getId() + (frame.getName().isEmpty() ? " goes on" : " begins"));
    }
    assertThat(order).startsWith("1 begins").contains("3 begins");
    assertThat(order).filteredOn(each -> each.equals("1 goes on")).hasSize(3);
  }

  @Test
  void aSenderWithoutRoomIsToldWhenItsCallEnds() {
    ScriptedPeer server = ScriptedPeer.openServer(streaming(1));
    RecordedCall call = start(server, true, false);
    assertThat(server.connection.offer(call, SMALL)).isEqualTo(Offer.TAKEN);
    assertThat(server.connection.offer(call, SMALL)).isEqualTo(Offer.NO_ROOM);
    server.play(response(1, SMALL));
    assertThat(call.timesSendable).isEqualTo(1);
    assertThat(server.connection.offer(call, SMALL)).isEqualTo(Offer.OVER);
  }

  @Test
  void creditForACallThatHasEndedIsDropped() {
    ScriptedPeer server = ScriptedPeer.openServer(streaming(1));
    RecordedCall call = start(server, true, false);
    server.next();
    server.play(response(1, SMALL), frame(Type.CREDIT, 1).setCredit(9));
    assertThat(call.ends).containsExactly("succeeded");
    server.expectUndisturbed();
  }

  @Test
  void aCallThatIsLeftDropsWhatStillComesAndHoldsItsSlot() {
    ScriptedPeer server = ScriptedPeer.openServer(streaming(PLENTY));
    RecordedCall call = start(server, false, true);
    server.next();
    server.play(message(1, "a").setMore(true));
    assertThat(server.connection.leave(call, Code.CANCELLED.getNumber(), "enough")).isTrue();
    assertThat(server.next().getType()).isEqualTo(Type.CANCEL);
    server.play(message(1, "b"), message(1, "c"));
    assertThat(call.messages).isEmpty();
    assertThat(call.ends).containsExactly("unknown");
    server.expectUndisturbed();
    server.play(end(1));
    assertThat(call.ends).containsExactly("unknown");
    server.expectUndisturbed();
  }

  @Test
  void cancellingInsideALargeRequestSendsNoMoreOfIt() {
    ScriptedPeer server = ScriptedPeer.openServer(streaming(PLENTY));
    RecordedCall call = server.call("x".repeat(3_000_000));
    server.connection.leave(call, Code.CANCELLED.getNumber(), "enough");
    List<Envelope> frames = new ArrayList<>();
    for (Envelope frame = server.poll(); frame != null; frame = server.poll()) {
      frames.add(frame);
    }
    assertThat(frames).hasSizeLessThan(46);
    assertThat(frames.get(frames.size() - 1).getType()).isEqualTo(Type.CANCEL);
    assertThat(call.ends).containsExactly("unknown");
  }

  @Test
  void aResponseThatBeginsBeforeTheRequestIsWholeStopsTheRequest() {
    ScriptedPeer server = ScriptedPeer.openServer(streaming(PLENTY));
    RecordedCall call = server.call("x".repeat(3_000_000));
    server.play(response(1, SMALL).setMore(true));
    int frames = 0;
    while (server.poll() != null) {
      frames++;
    }
    assertThat(frames).as("what was staged, and no more").isLessThan(46);
    assertThat(call.ends).isEmpty();
    server.play(frame(Type.RESPONSE, 1));
    assertThat(call.ends).containsExactly("succeeded");
    server.expectUndisturbed();
  }

  @Test
  void aResponseBetweenThePartsOfAMessageFailsTheCall() {
    ScriptedPeer server = ScriptedPeer.openServer(streaming(PLENTY));
    RecordedCall call = start(server, false, true);
    server.next();
    server.play(message(1, "a").setMore(true), end(1));
    assertThat(call.ends).containsExactly("replied");
    assertThat(call.why().getMessage()).startsWith("F-9:");
    server.expectUndisturbed();
  }

  @Test
  void aFailureDropsTheMessageThatWasNotWhole() {
    ScriptedPeer server = ScriptedPeer.openServer(streaming(PLENTY));
    RecordedCall call = start(server, false, true);
    server.next();
    Status status = Status.newBuilder().setCode(5).setMessage("none").build();
    server.play(message(1, "a").setMore(true), response(1, status));
    assertThat(call.messages).isEmpty();
    assertThat(call.ends).containsExactly("replied");
    assertThat(call.why()).isEqualTo(status);
  }

  @Test
  void notRunIsDisregardedOnceAMessageHasCome() {
    ScriptedPeer server = ScriptedPeer.openServer(streaming(PLENTY));
    RecordedCall call = start(server, false, true);
    server.next();
    server.play(message(1, "a"), response(1, Faults.notRun(Code.UNAVAILABLE, "no")));
    assertThat(call.ends).containsExactly("replied");
  }

  @Test
  void aStreamOnALevelBelowIsNotSent() {
    ScriptedPeer server = ScriptedPeer.openServer();
    RecordedCall call = start(server, false, true);
    assertThat(call.ends).containsExactly("not sent");
    assertThat(call.why().getMessage()).startsWith("H-3:");
    server.expectUndisturbed();
  }

  @Test
  void endFromTheCalleeCloses() {
    ScriptedPeer server = ScriptedPeer.openServer(streaming(PLENTY));
    start(server, false, true);
    server.next();
    server.play(frame(Type.END, 1));
    server.expectClose(Code.INTERNAL, "C-2");
  }

  @Test
  void aCalleeThatOverrunsTheWindowCloses() {
    ScriptedPeer server = ScriptedPeer.openServer(streaming(PLENTY));
    start(server, false, true);
    server.next();
    server.play(message(1, "x".repeat(300_000)));
    server.play(message(1, "y"));
    server.expectClose(Code.RESOURCE_EXHAUSTED, "W-4");
  }

  @Test
  void aLostConnectionEndsStreamsByWhatIsKnownOfThem() {
    ScriptedPeer server = ScriptedPeer.openServer(streaming(PLENTY));
    RecordedCall call = start(server, true, true);
    server.next();
    server.play(message(1, "a"));
    server.end();
    assertThat(call.messages).containsExactly("a");
    assertThat(call.ends).containsExactly("unknown");
    assertThat(server.connection.offer(call, SMALL)).isEqualTo(Offer.OVER);
    assertThat(server.clock.isIdle()).isTrue();
  }
}
