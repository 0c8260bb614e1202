package dev.parley.connection;

import static dev.parley.connection.ScriptedPeer.frame;
import static dev.parley.connection.ScriptedPeer.request;
import static dev.parley.connection.ScriptedPeer.status;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.parley.connection.ScriptedPeer.RecordedIncoming;
import dev.parley.test.v1.Text;
import dev.parley.v1.Code;
import dev.parley.v1.Envelope;
import dev.parley.v1.Envelope.Type;
import dev.parley.v1.Status;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a connection does with calls of its peer that stream. */
class StreamingCalleeTest {
  private static final Settings SETTINGS = Settings.ofAccepting("under-test");
  private static final long PLENTY = 1 << 20;

  private static Text text(int size) {
    // A tag, a length of one to three bytes, and the text.
    int head = size < 130 ? 2 : size < 16_387 ? 3 : 4;
    return Text.newBuilder().setText("x".repeat(size - head)).build();
  }

  private static Envelope.Builder open(long id) {
    return frame(Type.REQUEST, id).setName("a/B").setOpen(true);
  }

  private static Envelope.Builder message(long id, String payload) {
    return frame(Type.MESSAGE, id).setPayload(ByteString.copyFromUtf8(payload));
  }

  private static RecordedIncoming begin(ScriptedPeer client) {
    List<RecordedIncoming> calls = client.receiver.calls;
    RecordedIncoming call = calls.get(calls.size() - 1);
    assertThat(call.begin()).isTrue();
    return call;
  }

  private static void expectFailure(ScriptedPeer peer, Code code, String rule) {
    Envelope frame = peer.next();
    assertThat(frame.getType()).isEqualTo(Type.RESPONSE);
    Status status = status(frame);
    assertThat(status.getCode()).isEqualTo(code.getNumber());
    assertThat(status.getMessage()).startsWith(rule);
  }

  @Test
  void messagesReachTheHandlerInOrderAndThenTheEnd() {
    ScriptedPeer client = ScriptedPeer.openStreamingClient(SETTINGS, PLENTY);
    client.play(open(1), message(1, "a"));
    begin(client);
    client.play(message(1, "b"), frame(Type.END, 1));
    assertThat(client.receiver.payloads).containsExactly("", "a", "b", "END");
  }

  @Test
  void aMessageInPartsIsPutTogetherWhileOthersPass() {
    ScriptedPeer client = ScriptedPeer.openStreamingClient(SETTINGS, PLENTY);
    client.play(open(1), message(1, "a").setMore(true), request(3, "c/D"));
    client.play(message(1, "b").setMore(true), message(1, "c"));
    assertThat(client.receiver.payloads).hasSize(3).endsWith("abc");
    assertThat(client.receiver.costs).containsExactly(3L * 65);
  }

  @Test
  void whatWasConsumedIsGrantedBackAtHalfTheWindow() {
    ScriptedPeer client = ScriptedPeer.openStreamingClient(SETTINGS.withWindow(1000), PLENTY);
    client.play(open(1));
    RecordedIncoming call = begin(client);
    client.play(message(1, "x".repeat(336)));
    call.consumed(400);
    assertThat(client.poll()).as("600 are left: no grant yet").isNull();
    client.play(message(1, "x".repeat(136)));
    call.consumed(200);
    Envelope credit = client.next();
    assertThat(credit.getType()).isEqualTo(Type.CREDIT);
    assertThat(credit.getId()).isEqualTo(1);
    assertThat(credit.getCredit()).isEqualTo(600);
    assertThat(client.poll()).isNull();
  }

  @Test
  void aMessageBegunAtAWindowThatIsUsedUpCloses() {
    ScriptedPeer client = ScriptedPeer.openStreamingClient(SETTINGS.withWindow(1000), PLENTY);
    client.play(open(1), message(1, "x".repeat(5000)), message(1, "y"));
    client.expectClose(Code.RESOURCE_EXHAUSTED, "W-4");
  }

  @Test
  void aMessageThatWasBegunMayBeFinishedBeyondTheWindow() {
    ScriptedPeer client = ScriptedPeer.openStreamingClient(SETTINGS.withWindow(1000), PLENTY);
    client.play(open(1), message(1, "x".repeat(900)).setMore(true));
    client.play(message(1, "x".repeat(900)).setMore(true), message(1, "y"));
    assertThat(client.receiver.payloads).hasSize(2);
    client.expectUndisturbed();
  }

  @Test
  void whatTheHandlerSendsStopsAtTheWindowAndGoesOnWithCredit() {
    ScriptedPeer client = ScriptedPeer.openStreamingClient(SETTINGS, 100);
    client.play(request(1, "a/B"));
    RecordedIncoming call = begin(client);
    assertThat(call.offer(text(200))).isEqualTo(Offer.TAKEN);
    assertThat(call.offer(text(10))).isEqualTo(Offer.NO_ROOM);
    call.flush();
    assertThat(client.next().getPayload().size()).isEqualTo(200);
    client.play(frame(Type.CREDIT, 1).setCredit(164));
    assertThat(call.told).as("the window is at 0").isEmpty();
    client.play(frame(Type.CREDIT, 1).setCredit(1));
    assertThat(call.told).containsExactly("sendable");
    assertThat(call.offer(text(10))).isEqualTo(Offer.TAKEN);
    call.reply(null, List.of());
    assertThat(client.next().getType()).isEqualTo(Type.MESSAGE);
    assertThat(client.next().getType()).isEqualTo(Type.RESPONSE);
  }

  @Test
  void largeMessagesTakeTurnsWithSmallCallsAndTheResponseComesLast() {
    ScriptedPeer client = ScriptedPeer.openStreamingClient(SETTINGS, PLENTY);
    client.play(request(1, "a/B"), request(3, "c/D"));
    RecordedIncoming large = client.receiver.calls.get(0);
    RecordedIncoming small = client.receiver.calls.get(1);
    assertThat(large.begin()).isTrue();
    assertThat(small.begin()).isTrue();
    assertThat(large.offer(text(300_000))).isEqualTo(Offer.TAKEN);
    large.reply(null, List.of());
    small.reply(text(10), List.of());
    List<String> order = new ArrayList<>();
    for (Envelope frame = client.poll(); frame != null; frame = client.poll()) {
      assertThat(frame.getSerializedSize()).isLessThanOrEqualTo(65_536);
      order.add(frame.getType() + " " + frame.getId());
    }
    assertThat(order).endsWith("RESPONSE 1");
    assertThat(order).filteredOn(each -> each.equals("MESSAGE 1")).hasSize(5);
    assertThat(order).contains("RESPONSE 3");
  }

  @Test
  void aCancelledHandlerSendsNothingMoreAndAnswersWhenItReturns() {
    ScriptedPeer client = ScriptedPeer.openStreamingClient(SETTINGS, 100);
    client.play(open(1));
    RecordedIncoming call = begin(client);
    assertThat(call.offer(text(200))).isEqualTo(Offer.TAKEN);
    assertThat(call.offer(text(200))).isEqualTo(Offer.NO_ROOM);
    call.flush();
    assertThat(client.next().getType()).isEqualTo(Type.MESSAGE);
    client.play(frame(Type.CANCEL, 1), message(1, "late"));
    assertThat(call.told).containsExactlyInAnyOrder("stopped", "sendable");
    assertThat(call.offer(text(10))).isEqualTo(Offer.OVER);
    assertThat(client.poll()).isNull();
    call.reply(null, List.of());
    expectFailure(client, Code.CANCELLED, "");
    assertThat(client.receiver.payloads).containsExactly("");
    client.expectUndisturbed();
  }

  @Test
  void aMessageBehindEndFailsThatCallAlone() {
    ScriptedPeer client = ScriptedPeer.openStreamingClient(SETTINGS, PLENTY);
    client.play(open(1));
    RecordedIncoming call = begin(client);
    client.play(frame(Type.END, 1), message(1, "late"));
    call.reply(text(10), List.of());
    expectFailure(client, Code.INTERNAL, "C-6:");
    client.expectUndisturbed();
  }

  @Test
  void endInsideAMessageFailsThatCallAlone() {
    ScriptedPeer client = ScriptedPeer.openStreamingClient(SETTINGS, PLENTY);
    client.play(open(1));
    RecordedIncoming call = begin(client);
    client.play(message(1, "a").setMore(true), frame(Type.END, 1));
    call.reply(text(10), List.of());
    expectFailure(client, Code.INTERNAL, "F-9:");
    client.expectUndisturbed();
  }

  @Test
  void aMessageOverTheLimitFailsThatCallAlone() {
    ScriptedPeer client = ScriptedPeer.openStreamingClient(SETTINGS.withMaxMessage(100), PLENTY);
    client.play(open(1));
    RecordedIncoming call = begin(client);
    client.play(message(1, "x".repeat(90)).setMore(true), message(1, "x".repeat(90)));
    call.reply(text(10), List.of());
    expectFailure(client, Code.RESOURCE_EXHAUSTED, "C-11:");
    client.expectUndisturbed();
  }

  @Test
  void aResponseThatHasBegunEndsWithOneFrameWhenItsCallIsCancelled() {
    ScriptedPeer client = ScriptedPeer.openStreamingClient(SETTINGS, PLENTY);
    client.play(request(1, "a/B"));
    RecordedIncoming call = begin(client);
    call.reply(text(3_000_000), List.of());
    client.play(frame(Type.CANCEL, 1));
    List<Envelope> frames = new ArrayList<>();
    for (Envelope frame = client.poll(); frame != null; frame = client.poll()) {
      frames.add(frame);
    }
    assertThat(frames).allMatch(frame -> frame.getType() == Type.RESPONSE && frame.getId() == 1);
    assertThat(frames).hasSizeLessThan(46);
    assertThat(frames.get(frames.size() - 1).getMore()).isFalse();
    client.expectUndisturbed();
  }

  @Test
  void nothingButACancelCutsAResponseThatHasBegun() {
    ScriptedPeer client = ScriptedPeer.openStreamingClient(SETTINGS, PLENTY);
    client.play(request(1, "a/B").setTimeoutUs(5_000));
    begin(client).reply(text(2_000_000), List.of());
    client.clock.advanceMillis(5);
    client.play(frame(Type.REQUEST, 1).setPayload(ByteString.copyFromUtf8("again")));
    int size = 0;
    for (Envelope frame = client.poll(); frame != null; frame = client.poll()) {
      assertThat(frame.getType()).isEqualTo(Type.RESPONSE);
      size += frame.getPayload().size();
      assertThat(frame.getMore()).isEqualTo(size < 2_000_000);
    }
    assertThat(size).as("a part would look like the whole").isEqualTo(2_000_000);
    client.expectUndisturbed();
  }

  @Test
  void eventsShareOneWindowThatIsGrantedBack() {
    ScriptedPeer client = ScriptedPeer.openStreamingClient(SETTINGS.withWindow(1000), 100);
    Envelope.Builder event =
        Envelope.newBuilder()
            .setType(Type.EVENT)
            .setName("e")
            .setPayload(ByteString.copyFromUtf8("x".repeat(936)));
    client.play(event);
    client.connection.eventConsumed(936);
    Envelope credit = client.next();
    assertThat(credit.getType()).isEqualTo(Type.CREDIT);
    assertThat(credit.getId()).isZero();
    assertThat(credit.getCredit()).isEqualTo(1000);
    assertThat(client.connection.sendEvent("e", text(200), List.of())).isNull();
    Status full = client.connection.sendEvent("e", text(10), List.of());
    assertThat(full).isNotNull().extracting(Status::getMessage).asString().startsWith("W-5:");
    client.play(frame(Type.CREDIT, 0).setCredit(1000));
    assertThat(client.connection.sendEvent("e", text(10), List.of())).isNull();
    assertThat(client.next().getType()).isEqualTo(Type.EVENT);
    assertThat(client.next().getType()).isEqualTo(Type.EVENT);
    client.play(event, event);
    client.expectClose(Code.RESOURCE_EXHAUSTED, "W-4");
  }
}
