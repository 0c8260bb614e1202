package dev.parley.connection;

import static dev.parley.connection.ScriptedPeer.frame;
import static dev.parley.connection.ScriptedPeer.response;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.parley.connection.ScriptedPeer.RecordedCall;
import dev.parley.test.v1.Text;
import dev.parley.v1.Code;
import dev.parley.v1.Envelope;
import dev.parley.v1.Envelope.Type;
import dev.parley.v1.GoAway;
import dev.parley.v1.Hello;
import dev.parley.v1.Status;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a connection does for the calls of its own side. */
class CallerTest {
  private static final Text REPLY = Text.newBuilder().setText("reply").build();

  @Test
  void callsTakeRisingOddIdsAndEndByTheirRepliesInAnyOrder() {
    ScriptedPeer server = ScriptedPeer.openServer();
    RecordedCall first = server.call("a");
    RecordedCall second = server.call("b");
    assertThat(server.next().getId()).isEqualTo(1);
    assertThat(server.next().getId()).isEqualTo(3);
    server.play(response(3, REPLY));
    assertThat(second.ends).containsExactly("succeeded");
    assertThat(first.ends).isEmpty();
    server.play(response(1, REPLY));
    assertThat(first.ends).containsExactly("succeeded");
  }

  @Test
  void theAcceptingSideOpensEvenIds() {
    ScriptedPeer client = ScriptedPeer.openClient();
    client.call("a");
    client.call("b");
    assertThat(client.next().getId()).isEqualTo(2);
    assertThat(client.next().getId()).isEqualTo(4);
  }

  @Test
  void aTimeoutCrossesTheWireAsWhatIsLeft() {
    ScriptedPeer server = ScriptedPeer.openServer();
    server.call("a", true, server.clock.now() + 2_500_000);
    assertThat(server.next().getTimeoutUs()).isEqualTo(2_500);
    server.call("b", true, server.clock.now() + 400);
    assertThat(server.next().getTimeoutUs()).isEqualTo(1);
  }

  @Test
  void aCallWhoseTimeHasPassedIsNotSent() {
    ScriptedPeer server = ScriptedPeer.openServer();
    RecordedCall call = server.call("a", true, server.clock.now());
    assertThat(call.ends).containsExactly("not sent");
    assertThat(server.poll()).isNull();
  }

  @Test
  void leavingSendsOneCancelAndTheLateReplyIsDropped() {
    ScriptedPeer server = ScriptedPeer.openServer();
    RecordedCall call = server.call("a");
    server.next();
    assertThat(server.connection.leave(call, 1, "enough")).isTrue();
    assertThat(server.connection.leave(call, 1, "enough")).isFalse();
    assertThat(server.next()).isEqualTo(frame(Type.CANCEL, 1).build());
    assertThat(server.poll()).isNull();
    server.play(response(1, REPLY), response(1, REPLY));
    assertThat(call.ends).containsExactly("unknown");
    server.expectUndisturbed();
  }

  @Test
  void aCallThatIsLeftHoldsItsSlotUntilTheResponse() {
    ScriptedPeer server =
        ScriptedPeer.openServer(Hello.newBuilder().setVersion(1).setMaxCalls(1).build());
    RecordedCall first = server.call("a");
    server.connection.leave(first, 1, "enough");
    RecordedCall second = server.call("b");
    assertThat(second.ends).containsExactly("not sent");
    assertThat(second.why().getMessage()).startsWith("C-5:");
    server.play(
        response(
            1, Status.newBuilder().setCode(Code.CANCELLED.getNumber()).setNotRun(true).build()));
    assertThat(server.call("c").ends).isEmpty();
  }

  @Test
  void aFailureIsRepliedOrRejectedByWhatThePeerSays() {
    ScriptedPeer server = ScriptedPeer.openServer();
    RecordedCall ran = server.call("a");
    RecordedCall notRun = server.call("b");
    server.play(
        response(1, Status.newBuilder().setCode(5).setMessage("no").build()),
        response(3, Status.newBuilder().setCode(14).setNotRun(true).build()));
    assertThat(ran.ends).containsExactly("replied");
    assertThat(notRun.ends).containsExactly("rejected");
  }

  @Test
  void aStatusThatCannotBeReadIsUnknown() {
    ScriptedPeer server = ScriptedPeer.openServer();
    RecordedCall call = server.call("a");
    server.play(frame(Type.RESPONSE, 1).setPayload(ByteString.copyFromUtf8("\u0007")));
    assertThat(call.ends).containsExactly("replied");
    assertThat(call.why().getCode()).isEqualTo(Code.UNKNOWN.getNumber());
  }

  @Test
  void aResponseToACallNeverOpenedCloses() {
    ScriptedPeer server = ScriptedPeer.openServer();
    server.play(response(1, REPLY));
    server.expectClose(Code.INTERNAL, "C-2");
  }

  @Test
  void aResponseFromTheWrongSideCloses() {
    ScriptedPeer server = ScriptedPeer.openServer();
    server.play(response(2, REPLY));
    server.expectClose(Code.INTERNAL, "C-2");
  }

  @Test
  void aResponseInPartsFailsThatCallAlone() {
    ScriptedPeer server = ScriptedPeer.openServer();
    RecordedCall call = server.call("a");
    server.next();
    server.play(response(1, REPLY).setMore(true));
    assertThat(call.ends).containsExactly("unknown");
    assertThat(call.why().getMessage()).startsWith("H-3:");
    assertThat(server.next().getType()).isEqualTo(Type.CANCEL);
    server.expectUndisturbed();
  }

  @Test
  void aRequestTooLargeForThePeersFramesIsNotSent() {
    ScriptedPeer server =
        ScriptedPeer.openServer(Hello.newBuilder().setVersion(1).setMaxFrame(16_384).build());
    RecordedCall call = server.call("x".repeat(16_384));
    assertThat(call.ends).containsExactly("not sent");
    assertThat(call.why().getCode()).isEqualTo(Code.RESOURCE_EXHAUSTED.getNumber());
    assertThat(server.poll()).isNull();
  }

  @Test
  void aRequestOverThePeersMaxMessageIsNotSent() {
    ScriptedPeer server =
        ScriptedPeer.openServer(Hello.newBuilder().setVersion(1).setMaxMessage(100).build());
    RecordedCall call = server.call("x".repeat(101));
    assertThat(call.ends).containsExactly("not sent");
    assertThat(call.why().getMessage()).startsWith("C-11:");
    assertThat(server.call("x").ends).isEmpty();
  }

  @Test
  void aNameOverItsLimitIsNotSent() {
    ScriptedPeer server = ScriptedPeer.openServer();
    RecordedCall call = new RecordedCall("m".repeat(256), "a", false, OutgoingCall.NEVER);
    server.connection.call(call);
    assertThat(call.ends).containsExactly("not sent");
    assertThat(call.why().getMessage()).startsWith("F-7:");
  }

  @Test
  void whenTheConnectionEndsCallsAreUnknownOrNotSentByWhatTheKernelTook() {
    ScriptedPeer server = ScriptedPeer.openServer();
    List<RecordedCall> calls = new ArrayList<>();
    // The stream between them holds 64 KiB, and the peer reads nothing.
    for (int i = 0; i < 100; i++) {
      calls.add(server.call("x".repeat(9_000)));
    }
    server.end();
    long sent = calls.stream().filter(call -> call.ends.equals(List.of("unknown"))).count();
    long unsent = calls.stream().filter(call -> call.ends.equals(List.of("not sent"))).count();
    assertThat(sent).isEqualTo(8);
    assertThat(sent + unsent).isEqualTo(100);
    assertThat(calls.get(7).ends).containsExactly("unknown");
    assertThat(calls.get(8).ends).containsExactly("not sent");
  }

  @Test
  void aRequestThatThrowsWhileItIsEncodedLeavesNoTrace() {
    ScriptedPeer server = ScriptedPeer.openServer();
    RecordedCall thrown =
        new RecordedCall("test.v1.Service/Method", UnencodableMessage.throwing(), false);
    assertThatThrownBy(() -> server.connection.call(thrown))
        .isInstanceOf(IllegalStateException.class);
    RecordedCall call = server.call("a");
    assertThat(server.next().getId()).isEqualTo(1);
    server.play(response(1, REPLY));
    assertThat(call.ends).containsExactly("succeeded");
    assertThat(thrown.ends).isEmpty();
    server.connection.close();
    assertThat(server.next().getType()).isEqualTo(Type.GOAWAY);
    server.end();
    assertThat(server.done).as("no slot is held").isTrue();
  }

  @Test
  void aLongRequestThatThrowsWhenItsTurnComesIsNotSentAndHarmsNoOther() {
    ScriptedPeer server = ScriptedPeer.openServer(ScriptedPeer.streaming(1 << 20));
    RecordedCall thrown =
        new RecordedCall(
            "test.v1.Service/Method",
            UnencodableMessage.of(
                1 << 20,
                out -> {
                  throw new IllegalStateException("in the middle");
                }),
            false);
    server.connection.call(thrown);
    assertThat(thrown.ends).containsExactly("not sent");
    assertThat(thrown.why().getMessage()).contains("in the middle");
    RecordedCall call = server.call("a");
    assertThat(server.next().getId()).isEqualTo(1);
    server.play(response(1, REPLY));
    assertThat(call.ends).containsExactly("succeeded");
    server.connection.close();
    assertThat(server.next().getType()).isEqualTo(Type.GOAWAY);
    server.end();
    assertThat(server.done).as("no slot is held").isTrue();
  }

  @Test
  void aCallThatIsLeftBeforeItIsStartedIsNeverSent() {
    ScriptedPeer server = ScriptedPeer.openServer();
    RecordedCall call = new RecordedCall("test.v1.Service/Method", "a", false, OutgoingCall.NEVER);
    assertThat(server.connection.leave(call, 1, "enough")).isTrue();
    server.connection.call(call);
    assertThat(call.ends).containsExactly("not sent");
    assertThat(server.poll()).isNull();
  }

  @Test
  void aQueuedCallThatIsLeftWasNeverSent() {
    ScriptedPeer server = ScriptedPeer.openServer();
    List<RecordedCall> calls = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      calls.add(server.call("x".repeat(9_000)));
    }
    server.connection.leave(calls.get(99), 1, "enough");
    assertThat(calls.get(99).ends).containsExactly("not sent");
    for (int i = 0; i < 99; i++) {
      Envelope frame = server.next();
      assertThat(frame.getId()).isEqualTo(2L * i + 1);
    }
    assertThat(server.poll()).isNull();
  }

  @Test
  void goAwayRejectsTheCallsAboveItAndLeavesTheOthers() {
    ScriptedPeer server = ScriptedPeer.openServer();
    RecordedCall kept = server.call("a");
    RecordedCall dropped = server.call("b");
    server.play(frame(Type.GOAWAY, 1).setPayload(GoAway.getDefaultInstance().toByteString()));
    assertThat(dropped.ends).containsExactly("rejected");
    assertThat(kept.ends).isEmpty();
    assertThat(server.call("c").ends).containsExactly("not sent");
    server.play(response(1, REPLY));
    assertThat(kept.ends).containsExactly("succeeded");
    server.end();
    assertThat(server.done).isTrue();
  }

  @Test
  void aGoAwayThatRisesAgainChangesNothing() {
    ScriptedPeer server = ScriptedPeer.openServer();
    server.call("a");
    RecordedCall second = server.call("b");
    server.play(frame(Type.GOAWAY, 1), frame(Type.GOAWAY, 9));
    assertThat(second.ends).containsExactly("rejected");
    server.play(response(3, REPLY));
    assertThat(second.ends).containsExactly("rejected");
  }

  @Test
  void goAwayForCallsOfTheOtherParityLeavesOursAlone() {
    ScriptedPeer server = ScriptedPeer.openServer();
    RecordedCall call = server.call("a");
    server.play(frame(Type.GOAWAY, Long.MAX_VALUE));
    server.play(response(1, REPLY));
    assertThat(call.ends).containsExactly("succeeded");
  }
}
