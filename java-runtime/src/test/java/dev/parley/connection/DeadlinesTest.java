package dev.parley.connection;

import static dev.parley.connection.ScriptedPeer.frame;
import static dev.parley.connection.ScriptedPeer.request;
import static dev.parley.connection.ScriptedPeer.response;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.connection.ScriptedPeer.RecordedCall;
import dev.parley.connection.ScriptedPeer.RecordedIncoming;
import dev.parley.test.v1.Text;
import dev.parley.v1.Code;
import dev.parley.v1.Envelope.Type;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Deadlines as the connection keeps them, of either side's calls (C-7). */
class DeadlinesTest {
  private static final Text REPLY = Text.newBuilder().setText("hello").build();

  private static RecordedCall call(ScriptedPeer server, String text, long millis) {
    return server.call(text, true, server.clock.now() + millis * 1_000_000);
  }

  private static List<Boolean> stopped(ScriptedPeer client) {
    return client.receiver.calls.stream().map(IncomingCall::isStopped).toList();
  }

  @Test
  void aDeadlineEndsTheCallAndTellsThePeer() {
    ScriptedPeer server = ScriptedPeer.openServer();
    RecordedCall call = call(server, "a", 5);
    server.next();
    server.clock.advanceMillis(4);
    assertThat(call.ends).isEmpty();
    server.clock.advanceMillis(1);
    assertThat(call.ends).containsExactly("unknown");
    assertThat(call.why().getCode()).isEqualTo(Code.DEADLINE_EXCEEDED.getNumber());
    assertThat(server.next()).isEqualTo(frame(Type.CANCEL, 1).build());
  }

  @Test
  void aCallThatStillWaitsForRoomEndsUnsentAtItsDeadline() {
    ScriptedPeer server = ScriptedPeer.openServer();
    List<RecordedCall> calls =
        Stream.generate(() -> call(server, "x".repeat(9_000), 5)).limit(100).toList();
    server.clock.advanceMillis(5);
    assertThat(calls.get(0).ends).containsExactly("unknown");
    assertThat(calls.get(99).ends).containsExactly("not sent");
    assertThat(calls.get(99).why().getCode()).isEqualTo(Code.DEADLINE_EXCEEDED.getNumber());
  }

  @Test
  void callsEndEachAtItsOwnDeadlineInWhateverOrderTheyBegan() {
    ScriptedPeer server = ScriptedPeer.openServer();
    RecordedCall late = call(server, "a", 9);
    RecordedCall early = call(server, "b", 3);
    RecordedCall unlimited = server.call("c");
    server.clock.advanceMillis(3);
    assertThat(early.ends).containsExactly("unknown");
    assertThat(late.ends).isEmpty();
    server.clock.advanceMillis(6);
    assertThat(late.ends).containsExactly("unknown");
    assertThat(unlimited.ends).isEmpty();
  }

  @Test
  void callsOfThePeerAreStoppedEachAtItsOwnDeadline() {
    ScriptedPeer client = ScriptedPeer.openClient();
    client.play(
        request(1, "a/B").setTimeoutUs(9_000),
        request(3, "a/B").setTimeoutUs(3_000),
        request(5, "a/B"));
    client.receiver.calls.forEach(IncomingCall::begin);
    client.clock.advanceMillis(3);
    assertThat(stopped(client)).containsExactly(false, true, false);
    client.clock.advanceMillis(6);
    assertThat(stopped(client)).containsExactly(true, true, false);
    assertThat(client.receiver.calls.get(1).told).containsExactly("stopped");
  }

  @Test
  void aCallThatEndsInTimeNeedsNoTimerOfItsOwn() {
    ScriptedPeer server = ScriptedPeer.openServer();
    int before = server.clock.timersSet();
    for (int i = 0; i < 100; i++) {
      RecordedCall call = call(server, "a", 5_000);
      server.play(response(2L * i + 1, REPLY));
      assertThat(call.ends).containsExactly("succeeded");
      server.clock.advanceMillis(1);
    }
    assertThat(server.clock.timersSet() - before).isEqualTo(1);
  }

  @Test
  void aCallOfThePeerThatEndsInTimeNeedsNoTimerOfItsOwn() {
    ScriptedPeer client = ScriptedPeer.openClient();
    int before = client.clock.timersSet();
    for (int i = 0; i < 100; i++) {
      client.play(request(2L * i + 1, "a/B").setTimeoutUs(5_000_000));
      RecordedIncoming call = client.receiver.calls.get(i);
      assertThat(call.begin()).isTrue();
      call.reply(REPLY, List.of());
      client.clock.advanceMillis(1);
    }
    assertThat(client.clock.timersSet() - before).isEqualTo(1);
  }

  @Test
  void aConnectionThatHasEndedKeepsNoDeadline() {
    ScriptedPeer server = ScriptedPeer.openServer();
    RecordedCall call = call(server, "a", 5_000);
    server.end();
    assertThat(call.ends).containsExactly("unknown");
    assertThat(server.clock.isIdle()).isTrue();
  }
}
