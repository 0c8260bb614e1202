package dev.parley.connection;

import static dev.parley.connection.ScriptedPeer.frame;
import static dev.parley.connection.ScriptedPeer.hello;
import static dev.parley.connection.ScriptedPeer.request;
import static dev.parley.connection.ScriptedPeer.status;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.parley.v1.Code;
import dev.parley.v1.Envelope;
import dev.parley.v1.Envelope.Type;
import dev.parley.v1.GoAway;
import dev.parley.v1.Hello;
import dev.parley.v1.Status;
import org.junit.jupiter.api.Test;

class HandshakeTest {
  @Test
  void theConnectingSideSpeaksFirstAndOpensWhenAnswered() {
    ScriptedPeer server = ScriptedPeer.server();
    Envelope hello = server.next();
    assertThat(hello.getType()).isEqualTo(Type.HELLO);
    assertThat(hello.getSentBy()).isEqualTo("under-test");
    assertThat(server.receiver.openedBy).isNull();
    server.play(hello());
    assertThat(server.receiver.openedBy).isEqualTo("scripted");
    assertThat(server.connection.isOpen()).isTrue();
  }

  @Test
  void theAcceptingSideIsSilentUntilItHasAdmittedThePeer() throws Exception {
    ScriptedPeer client = ScriptedPeer.client();
    assertThat(client.poll()).isNull();
    client.play(hello());
    Hello answer = Hello.parseFrom(client.next().getPayload());
    assertThat(answer.getVersion()).isEqualTo(1);
    assertThat(answer.getLevel()).isEqualTo(2);
    assertThat(answer.getMaxFrame()).isEqualTo(4 << 20);
    assertThat(answer.getMaxCalls()).isEqualTo(1024);
  }

  @Test
  void aPeerThatIsNotAdmittedIsToldWhyAndNeverOpened() {
    ScriptedPeer client = ScriptedPeer.client();
    client.receiver.refusal =
        Status.newBuilder().setCode(Code.UNAUTHENTICATED.getNumber()).setMessage("H-1: no").build();
    client.play(hello());
    client.expectClose(Code.UNAUTHENTICATED, "H-1");
    assertThat(client.receiver.openedBy).isNull();
  }

  @Test
  void aRefusalIsSaidBeforeAnythingIsRead() {
    ScriptedPeer client = ScriptedPeer.client();
    client.connection.refuse(Code.PERMISSION_DENIED.getNumber(), "H-4: not you");
    client.play(hello());
    client.expectClose(Code.PERMISSION_DENIED, "H-4");
    assertThat(client.receiver.openedBy).isNull();
  }

  @Test
  void aFirstFrameThatIsNotHelloCloses() {
    ScriptedPeer client = ScriptedPeer.client();
    client.play(request(1, "a/B"));
    client.expectClose(Code.INTERNAL, "H-1");
  }

  @Test
  void aSecondHelloCloses() {
    ScriptedPeer client = ScriptedPeer.openClient();
    client.play(hello());
    client.expectClose(Code.INTERNAL, "H-1");
  }

  @Test
  void aRequestSentWithTheHelloCloses() {
    ScriptedPeer client = ScriptedPeer.client();
    client.play(hello(), request(1, "a/B"));
    assertThat(client.next().getType()).isEqualTo(Type.HELLO);
    client.expectClose(Code.INTERNAL, "H-1");
    assertThat(client.receiver.calls).isEmpty();
  }

  @Test
  void aRequestThatHadBegunBeforeTheAnswerCloses() throws Exception {
    ScriptedPeer client = ScriptedPeer.client();
    byte[] early = ScriptedPeer.bytes(hello(), request(1, "a/B"));
    client.playBytes(java.util.Arrays.copyOf(early, early.length - 3));
    assertThat(client.next().getType()).isEqualTo(Type.HELLO);
    client.playBytes(java.util.Arrays.copyOfRange(early, early.length - 3, early.length));
    client.expectClose(Code.INTERNAL, "H-1");
  }

  @Test
  void noCommonVersionCloses() {
    ScriptedPeer client = ScriptedPeer.client();
    client.play(hello(Hello.newBuilder().setVersion(9).setMinVersion(2).build()));
    client.expectClose(Code.FAILED_PRECONDITION, "H-2");
  }

  @Test
  void aNewerPeerThatStillSpeaksVersionOneIsTaken() {
    ScriptedPeer client = ScriptedPeer.client();
    client.play(hello(Hello.newBuilder().setVersion(9).setMinVersion(1).setLevel(3).build()));
    assertThat(client.next().getType()).isEqualTo(Type.HELLO);
  }

  @Test
  void anEmptyHelloMeansTheDefaults() {
    ScriptedPeer client = ScriptedPeer.client();
    client.play(hello(Hello.getDefaultInstance()));
    assertThat(client.next().getType()).isEqualTo(Type.HELLO);
  }

  @Test
  void aHelloThatNamesNobodyCloses() {
    ScriptedPeer client = ScriptedPeer.client();
    client.play(hello().clearSentBy());
    client.expectClose(Code.INTERNAL, "H-2");
  }

  @Test
  void aHelloThatCannotBeReadCloses() {
    ScriptedPeer client = ScriptedPeer.client();
    client.play(hello().setPayload(ByteString.copyFromUtf8("\u0007\u0007")));
    client.expectClose(Code.INTERNAL, "H-2");
  }

  @Test
  void aMaxFrameBelowTheLeastCloses() {
    ScriptedPeer client = ScriptedPeer.client();
    client.play(hello(Hello.newBuilder().setVersion(1).setMaxFrame(16_383).build()));
    client.expectClose(Code.INTERNAL, "H-2");
  }

  @Test
  void aHelloPayloadOverItsLimitCloses() {
    ScriptedPeer client = ScriptedPeer.client();
    client.play(
        hello(Hello.newBuilder().setPayload(ByteString.copyFrom(new byte[8 * 1024 + 1])).build()));
    client.expectClose(Code.INTERNAL, "H-2");
  }

  @Test
  void aPeerWithoutHelloIsClosedInTime() {
    ScriptedPeer client = ScriptedPeer.client();
    client.clock.advanceMillis(4_999);
    assertThat(client.poll()).isNull();
    client.clock.advanceMillis(1);
    client.expectClose(Code.DEADLINE_EXCEEDED, "H-5");
  }

  @Test
  void aServerThatDoesNotAnswerIsGivenUpInTime() {
    ScriptedPeer server = ScriptedPeer.server();
    server.next();
    server.clock.advanceMillis(10_000);
    server.expectClose(Code.DEADLINE_EXCEEDED, "H-5");
  }

  @Test
  void aRefusedConnectionEndsWithTheServersStatus() {
    ScriptedPeer server = ScriptedPeer.server();
    server.next();
    Status why =
        Status.newBuilder()
            .setCode(Code.PERMISSION_DENIED.getNumber())
            .setMessage("no entry")
            .build();
    server.play(
        frame(Type.GOAWAY, 0)
            .setPayload(GoAway.newBuilder().setStatus(why).build().toByteString()));
    assertThat(server.receiver.closed).isEqualTo(why);
    server.end();
    assertThat(server.done).isTrue();
  }

  @Test
  void aPeerThatEndsBeforeItsFirstByteIsNoError() {
    ScriptedPeer client = ScriptedPeer.client();
    client.end();
    assertThat(client.poll()).isNull();
    assertThat(client.done).isTrue();
    assertThat(client.clock.isIdle()).isTrue();
  }

  @Test
  void aFrameOverSixteenKibIsRefusedBeforeTheHello() {
    ScriptedPeer client = ScriptedPeer.client();
    client.playBytes((byte) 0, (byte) 0, (byte) 0x40, (byte) 1);
    Envelope goAway = client.next();
    assertThat(status(goAway).getMessage()).startsWith("F-2:").contains("16385", "16384");
    assertThat(status(goAway).getCode()).isEqualTo(Code.RESOURCE_EXHAUSTED.getNumber());
  }
}
