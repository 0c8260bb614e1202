package dev.parley.connection;

import static dev.parley.connection.ScriptedPeer.frame;
import static dev.parley.connection.ScriptedPeer.hello;
import static dev.parley.connection.ScriptedPeer.response;
import static dev.parley.connection.ScriptedPeer.streaming;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.connection.ScriptedPeer.RecordedCall;
import dev.parley.test.v1.Text;
import dev.parley.v1.Code;
import dev.parley.v1.Envelope;
import dev.parley.v1.Envelope.Type;
import dev.parley.v1.Hello;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A side that asks a silent peer for a sign of life, with a clock that the test turns (P-2). */
class KeepaliveTest {
  private static final Settings SETTINGS =
      Settings.ofAccepting("under-test")
          .withKeepalive(new Settings.Keepalive(Duration.ofSeconds(30), Duration.ofSeconds(20)));
  private static final Hello LEVEL_2 = streaming(1 << 18);
  private static final Hello LEVEL_1 =
      Hello.newBuilder().setVersion(1).setMinVersion(1).setLevel(1).build();

  private static ScriptedPeer open(Hello hello) {
    ScriptedPeer peer = ScriptedPeer.client(SETTINGS);
    peer.play(hello(hello));
    assertThat(peer.next().getType()).isEqualTo(Type.HELLO);
    return peer;
  }

  @Test
  void aSilentPeerIsAskedOnceAndGivenUpWhenNothingComes() {
    ScriptedPeer peer = open(LEVEL_2);
    peer.clock.advanceMillis(29_999);
    assertThat(peer.poll()).isNull();
    peer.clock.advanceMillis(1);
    assertThat(peer.next().getType()).isEqualTo(Type.PING);
    peer.clock.advanceMillis(19_999);
    assertThat(peer.poll()).isNull();
    assertThat(peer.receiver.closed).isNull();
    peer.clock.advanceMillis(1);
    peer.expectClose(Code.UNAVAILABLE, "P-2");
  }

  @Test
  void anyByteIsASignOfLife() {
    ScriptedPeer peer = open(LEVEL_2);
    peer.clock.advanceMillis(30_000);
    Envelope ping = peer.next();
    // Not the answer, not even a whole frame.
    peer.playBytes((byte) 0);
    peer.clock.advanceMillis(20_000);
    assertThat(peer.receiver.closed).isNull();
    peer.playBytes((byte) 0, (byte) 0, (byte) 4);
    peer.playBytes(frame(Type.PONG, ping.getId()).build().toByteArray());
    peer.clock.advanceMillis(29_999);
    assertThat(peer.poll()).isNull();
    peer.clock.advanceMillis(1);
    assertThat(peer.next().getType()).as("asked anew").isEqualTo(Type.PING);
  }

  @Test
  void aPeerThatTalksIsNeverAsked() {
    ScriptedPeer peer = open(LEVEL_2);
    for (int i = 0; i < 10; i++) {
      peer.clock.advanceMillis(29_000);
      peer.play(frame(Type.PONG, 99));
    }
    assertThat(peer.poll()).isNull();
    assertThat(peer.receiver.closed).isNull();
  }

  @Test
  void belowLevelTwoSilenceIsNoFailureWhileACallRunsThere() {
    ScriptedPeer peer = open(LEVEL_1);
    RecordedCall call = peer.call("a");
    Envelope request = peer.next();
    peer.clock.advanceMillis(30_000);
    Envelope ping = peer.next();
    assertThat(ping.getType()).isEqualTo(Type.PING);
    peer.clock.advanceMillis(20_000);
    peer.clock.advanceMillis(20_000);
    assertThat(peer.poll()).isNull();
    assertThat(peer.receiver.closed).isNull();
    peer.play(response(request.getId(), Text.getDefaultInstance()));
    assertThat(call.ends).containsExactly("succeeded");
    peer.clock.advanceMillis(30_000);
    assertThat(peer.poll()).as("one PING is outstanding still").isNull();
    peer.clock.advanceMillis(20_000);
    peer.expectClose(Code.UNAVAILABLE, "P-2");
  }

  @Test
  void atLevelTwoACallThatRunsThereIsNoExcuse() {
    ScriptedPeer peer = open(LEVEL_2);
    RecordedCall call = peer.call("a");
    peer.next();
    peer.clock.advanceMillis(30_000);
    peer.next();
    peer.clock.advanceMillis(20_000);
    assertThat(call.ends).containsExactly("unknown");
    peer.expectClose(Code.UNAVAILABLE, "P-2");
  }

  @Test
  void nobodyIsAskedUnlessTheSettingsSaySo() {
    ScriptedPeer peer = ScriptedPeer.openClient();
    assertThat(peer.clock.isIdle()).isTrue();
  }

  @Test
  void aConnectionThatEndsLeavesNoTimer() {
    ScriptedPeer peer = open(LEVEL_2);
    peer.end();
    assertThat(peer.done).isTrue();
    assertThat(peer.clock.isIdle()).isTrue();
  }

  @Test
  void timesThatAreNotPositiveAreRefused() {
    assertThatThrownBy(() -> new Settings.Keepalive(Duration.ZERO, Duration.ofSeconds(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("P-2:");
    assertThatThrownBy(() -> new Settings.Keepalive(Duration.ofSeconds(1), Duration.ofSeconds(-1)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
