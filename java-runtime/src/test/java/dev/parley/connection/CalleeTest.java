package dev.parley.connection;

import static dev.parley.connection.ScriptedPeer.frame;
import static dev.parley.connection.ScriptedPeer.request;
import static dev.parley.connection.ScriptedPeer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.parley.connection.ScriptedPeer.RecordedIncoming;
import dev.parley.test.v1.Text;
import dev.parley.v1.Code;
import dev.parley.v1.Envelope;
import dev.parley.v1.Envelope.Type;
import dev.parley.v1.Status;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a connection does with the calls of its peer. */
class CalleeTest {
  private static final Text REPLY = Text.newBuilder().setText("reply").build();

  private static Status expectFailure(ScriptedPeer peer, long id, Code code, boolean notRun) {
    Envelope frame = peer.next();
    assertThat(frame.getType()).isEqualTo(Type.RESPONSE);
    assertThat(frame.getId()).isEqualTo(id);
    assertThat(frame.getSuccess()).isFalse();
    Status status = status(frame);
    assertThat(status.getCode()).isEqualTo(code.getNumber());
    assertThat(status.getNotRun()).isEqualTo(notRun);
    return status;
  }

  @Test
  void aReplyCarriesItsCallsId() {
    ScriptedPeer client = ScriptedPeer.openClient();
    client.play(request(1, "a/B"), request(3, "a/C"));
    assertThat(client.receiver.calls)
        .extracting(IncomingCall::method)
        .containsExactly("a/B", "a/C");
    assertThat(client.receiver.calls.get(1).begin()).isTrue();
    client.receiver.calls.get(1).reply(REPLY, List.of());
    Envelope reply = client.next();
    assertThat(reply.getId()).isEqualTo(3);
    assertThat(reply.getSuccess()).isTrue();
    assertThat(reply.getPayload()).isEqualTo(REPLY.toByteString());
  }

  @Test
  void aCallIsAnsweredOnce() {
    ScriptedPeer client = ScriptedPeer.openClient();
    client.play(request(1, "a/B"));
    RecordedIncoming call = client.receiver.calls.get(0);
    assertThat(call.begin()).isTrue();
    call.reply(REPLY, List.of());
    call.reply(REPLY, List.of());
    call.fail(Faults.of(Code.INTERNAL, "again"), List.of());
    assertThat(client.next().getSuccess()).isTrue();
    assertThat(client.poll()).isNull();
  }

  @Test
  void idsMustRise() {
    ScriptedPeer client = ScriptedPeer.openClient();
    client.play(request(5, "a/B"), request(5, "a/B"));
    client.expectClose(Code.INTERNAL, "C-2");
  }

  @Test
  void idsMayLeaveGaps() {
    ScriptedPeer client = ScriptedPeer.openClient();
    client.play(request(5, "a/B"), request(1_000_001, "a/B"));
    assertThat(client.receiver.calls).hasSize(2);
  }

  @Test
  void idZeroAndIdsOverTheHighestClose() {
    ScriptedPeer zero = ScriptedPeer.openClient();
    zero.play(request(0, "a/B"));
    zero.expectClose(Code.INTERNAL, "C-1");
    ScriptedPeer over = ScriptedPeer.openClient();
    over.play(request(-1, "a/B"));
    over.expectClose(Code.INTERNAL, "C-1");
  }

  @Test
  void anIdOfTheWrongParityCloses() {
    ScriptedPeer client = ScriptedPeer.openClient();
    client.play(request(2, "a/B"));
    client.expectClose(Code.INTERNAL, "C-1");
  }

  @Test
  void aCancelForACallNeverOpenedCloses() {
    ScriptedPeer client = ScriptedPeer.openClient();
    client.play(frame(Type.CANCEL, 9));
    client.expectClose(Code.INTERNAL, "C-2");
  }

  @Test
  void aCancelInTheWrongDirectionCloses() {
    ScriptedPeer client = ScriptedPeer.openClient();
    client.play(frame(Type.CANCEL, 2));
    client.expectClose(Code.INTERNAL, "C-2");
  }

  @Test
  void aCancelForAnEndedCallIsDropped() {
    ScriptedPeer client = ScriptedPeer.openClient();
    client.play(request(1, "a/B"));
    client.receiver.calls.get(0).reject(Faults.of(Code.UNIMPLEMENTED, "C-6: no"));
    expectFailure(client, 1, Code.UNIMPLEMENTED, true);
    client.play(frame(Type.CANCEL, 1), frame(Type.CANCEL, 1));
    client.expectUndisturbed();
  }

  @Test
  void aCancelBeforeTheHandlerBeganIsAnsweredNotRun() {
    ScriptedPeer client = ScriptedPeer.openClient();
    client.play(request(1, "a/B"), frame(Type.CANCEL, 1));
    expectFailure(client, 1, Code.CANCELLED, true);
    assertThat(client.receiver.calls.get(0).begin()).isFalse();
  }

  @Test
  void aCancelReachesTheHandlerAndTheAnswerWaitsForItsReturn() {
    ScriptedPeer client = ScriptedPeer.openClient();
    client.play(request(1, "a/B"));
    RecordedIncoming call = client.receiver.calls.get(0);
    assertThat(call.begin()).isTrue();
    client.play(frame(Type.CANCEL, 1));
    assertThat(call.told).containsExactly("stopped");
    assertThat(call.isStopped()).isTrue();
    assertThat(client.poll()).isNull();
    call.reply(REPLY, List.of());
    expectFailure(client, 1, Code.CANCELLED, false);
  }

  @Test
  void aReplyThatThrowsWhileItIsEncodedCanStillBeAnsweredWithAFailure() {
    ScriptedPeer client = ScriptedPeer.openClient();
    client.play(request(1, "a/B"));
    RecordedIncoming call = client.receiver.calls.get(0);
    assertThat(call.begin()).isTrue();
    assertThatThrownBy(() -> call.reply(UnencodableMessage.throwing(), List.of()))
        .isInstanceOf(IllegalStateException.class);
    call.fail(Status.newBuilder().setCode(Code.INTERNAL.getNumber()).build(), List.of());
    expectFailure(client, 1, Code.INTERNAL, false);
  }

  @Test
  void aDeadlineStopsTheHandlerAndItsAnswerSaysSo() {
    ScriptedPeer client = ScriptedPeer.openClient();
    client.play(request(1, "a/B").setTimeoutUs(5_000));
    RecordedIncoming call = client.receiver.calls.get(0);
    assertThat(call.begin()).isTrue();
    client.clock.advanceMillis(4);
    assertThat(call.isStopped()).isFalse();
    client.clock.advanceMillis(1);
    assertThat(call.isStopped()).isTrue();
    call.reply(REPLY, List.of());
    expectFailure(client, 1, Code.DEADLINE_EXCEEDED, false);
    assertThat(client.clock.isIdle()).isTrue();
  }

  @Test
  void aTimeoutFromTwoToTheFiftyThreeIsNoLimit() {
    ScriptedPeer client = ScriptedPeer.openClient();
    client.play(request(1, "a/B").setTimeoutUs(1L << 53), request(3, "a/B").setTimeoutUs(-1));
    assertThat(client.receiver.calls)
        .extracting(IncomingCall::limited)
        .containsExactly(false, false);
  }

  @Test
  void aSlotIsHeldUntilTheHandlerReturnsEvenIfCancelled() {
    ScriptedPeer client =
        ScriptedPeer.openClient(Settings.ofAccepting("under-test").withMaxCalls(1));
    client.play(request(1, "a/B"));
    assertThat(client.receiver.calls.get(0).begin()).isTrue();
    client.play(frame(Type.CANCEL, 1), request(3, "a/B"));
    assertThat(expectFailure(client, 3, Code.UNAVAILABLE, true).getMessage()).startsWith("C-4:");
    client.receiver.calls.get(0).reply(REPLY, List.of());
    expectFailure(client, 1, Code.CANCELLED, false);
    client.play(request(5, "a/B"));
    assertThat(client.receiver.calls).hasSize(2);
  }

  @Test
  void openAndMoreAreAboveTheLevelAndAnsweredNotRun() {
    ScriptedPeer client = ScriptedPeer.openClient();
    client.play(request(1, "a/B").setOpen(true).clearPayload());
    expectFailure(client, 1, Code.UNIMPLEMENTED, true);
    client.play(
        request(3, "a/B").setMore(true),
        frame(Type.REQUEST, 3).setPayload(ByteString.copyFromUtf8("x")));
    expectFailure(client, 3, Code.UNIMPLEMENTED, true);
    client.expectUndisturbed();
    assertThat(client.receiver.calls).isEmpty();
  }

  @Test
  void aRequestThatGoesOnAfterItWasWholeFailsThatCallAlone() {
    ScriptedPeer client = ScriptedPeer.openClient();
    client.play(request(1, "a/B"));
    RecordedIncoming call = client.receiver.calls.get(0);
    assertThat(call.begin()).isTrue();
    client.play(frame(Type.REQUEST, 1).setPayload(ByteString.copyFromUtf8("x")));
    client.expectUndisturbed();
    call.reply(REPLY, List.of());
    assertThat(expectFailure(client, 1, Code.INTERNAL, false).getMessage()).startsWith("F-9:");
  }

  @Test
  void framesOfUnknownTypesAreIgnored() {
    ScriptedPeer client = ScriptedPeer.openClient();
    client.play(Envelope.newBuilder().setTypeValue(200).setId(1));
    client.expectUndisturbed();
  }

  @Test
  void typeZeroCloses() {
    ScriptedPeer client = ScriptedPeer.openClient();
    client.play(Envelope.newBuilder().setId(1));
    client.expectClose(Code.INTERNAL, "F-8");
  }

  @Test
  void moreOnATypeThatCannotBeCutCloses() {
    ScriptedPeer client = ScriptedPeer.openClient();
    client.play(frame(Type.PING, 1).setMore(true).setPayload(ByteString.copyFromUtf8("x")));
    client.expectClose(Code.INTERNAL, "F-9");
  }

  @Test
  void moreWithoutPayloadCloses() {
    ScriptedPeer client = ScriptedPeer.openClient();
    client.play(request(1, "a/B").setMore(true).clearPayload());
    client.expectClose(Code.INTERNAL, "F-9");
  }

  @Test
  void rejectionsThatPileUpUnreadClose() {
    ScriptedPeer client =
        ScriptedPeer.openClient(Settings.ofAccepting("under-test").withMaxCalls(1));
    client.play(request(1, "a/B"));
    // The peer reads nothing: the stream between them fills, and then rejections wait here.
    long id = 3;
    while (client.receiver.closed == null && id < 100_000) {
      client.play(request(id, "a/B"));
      id += 2;
    }
    assertThat(client.receiver.closed).isNotNull();
    assertThat(client.receiver.end().getMessage()).startsWith("C-4:");
  }

  @Test
  void aRequestOverMaxMessageFailsNotRun() {
    ScriptedPeer client =
        ScriptedPeer.openClient(Settings.ofAccepting("under-test").withMaxMessage(100));
    client.play(
        frame(Type.REQUEST, 1).setName("a/B").setPayload(ByteString.copyFrom(new byte[101])));
    assertThat(expectFailure(client, 1, Code.RESOURCE_EXHAUSTED, true).getMessage())
        .startsWith("C-11:");
    client.expectUndisturbed();
  }

  @Test
  void theBytesOfRequestsHeldAreBoundedAndComeFreeWithTheAnswers() {
    ScriptedPeer client = ScriptedPeer.openClient();
    Envelope.Builder large =
        request(1, "a/B").setPayload(ByteString.copyFrom(new byte[(4 << 20) - 100]));
    int taken = 0;
    Envelope refused = null;
    while (refused == null) {
      client.play(large.setId(2L * taken + 1));
      refused = client.poll();
      taken++;
    }
    assertThat(status(refused).getMessage()).startsWith("C-11:");
    assertThat(client.receiver.calls).hasSize(64);
    client.receiver.calls.get(0).reject(Faults.of(Code.UNIMPLEMENTED, "C-6: no"));
    expectFailure(client, 1, Code.UNIMPLEMENTED, true);
    client.play(large.setId(2L * taken + 1));
    assertThat(client.receiver.calls).hasSize(65);
  }

  @Test
  void aReplyTooLargeForThePeersFramesBecomesAFailure() {
    ScriptedPeer client = ScriptedPeer.client();
    client.play(
        ScriptedPeer.hello(
            dev.parley.v1.Hello.newBuilder().setVersion(1).setMaxFrame(16_384).build()));
    client.next();
    client.play(request(1, "a/B"));
    RecordedIncoming call = client.receiver.calls.get(0);
    assertThat(call.begin()).isTrue();
    call.reply(Text.newBuilder().setText("x".repeat(16_384)).build(), List.of());
    expectFailure(client, 1, Code.RESOURCE_EXHAUSTED, false);
  }

  @Test
  void aStatusTooLargeLosesItsTextNotItsCode() {
    ScriptedPeer client = ScriptedPeer.client();
    client.play(
        ScriptedPeer.hello(
            dev.parley.v1.Hello.newBuilder().setVersion(1).setMaxFrame(40_000).build()));
    client.next();
    client.play(request(1, "a/B"));
    RecordedIncoming call = client.receiver.calls.get(0);
    assertThat(call.begin()).isTrue();
    call.fail(Faults.of(Code.ABORTED, "\u20ac".repeat(20_000)), List.of());
    assertThat(expectFailure(client, 1, Code.ABORTED, false).getMessage())
        .startsWith("\u20ac\u20ac");
  }

  @Test
  void whenTheConnectionEndsHandlersAreToldAndTheirAnswersVanish() {
    ScriptedPeer client = ScriptedPeer.openClient();
    client.play(request(1, "a/B"));
    RecordedIncoming call = client.receiver.calls.get(0);
    assertThat(call.begin()).isTrue();
    client.end();
    assertThat(call.told).containsExactly("stopped");
    call.reply(REPLY, List.of());
    assertThat(client.poll()).isNull();
    assertThat(client.done).isTrue();
  }
}
