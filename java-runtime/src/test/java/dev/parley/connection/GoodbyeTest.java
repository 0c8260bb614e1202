package dev.parley.connection;

import static dev.parley.connection.ScriptedPeer.frame;
import static dev.parley.connection.ScriptedPeer.request;
import static dev.parley.connection.ScriptedPeer.response;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.connection.ScriptedPeer.RecordedCall;
import dev.parley.test.v1.Text;
import dev.parley.v1.Code;
import dev.parley.v1.Envelope;
import dev.parley.v1.Envelope.Type;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How a connection ends, and what it owes until then; its pings and its events. */
class GoodbyeTest {
  private static final Text REPLY = Text.newBuilder().setText("reply").build();

  @Test
  void closingAnIdleConnectionSaysGoodbyeAndEndsTheStream() {
    ScriptedPeer client = ScriptedPeer.openClient();
    client.connection.close();
    Envelope goAway = client.next();
    assertThat(goAway.getType()).isEqualTo(Type.GOAWAY);
    assertThat(ScriptedPeer.status(goAway).getCode()).isZero();
    assertThat(client.sawEnd()).isTrue();
    assertThat(client.done).isFalse();
    client.end();
    assertThat(client.done).isTrue();
    assertThat(client.clock.isIdle()).isTrue();
  }

  @Test
  void aGracefulCloseLetsCallsFinishBothWaysAndDropsLaterOnes() {
    ScriptedPeer client = ScriptedPeer.openClient();
    client.play(request(1, "a/B"));
    IncomingCall theirs = client.receiver.calls.get(0);
    assertThat(theirs.begin()).isTrue();
    RecordedCall ours = client.call("a");
    client.next();
    client.connection.close();
    assertThat(client.next().getId()).as("GOAWAY names the last call that may run").isEqualTo(1);
    client.play(request(3, "a/B"), frame(Type.CANCEL, 3));
    assertThat(client.receiver.calls).hasSize(1);
    assertThat(client.receiver.closed).as("a call that was dropped can be cancelled").isNull();
    theirs.reply(REPLY, List.of());
    assertThat(client.next().getType()).isEqualTo(Type.RESPONSE);
    assertThat(client.sawEnd()).isFalse();
    client.play(response(2, REPLY));
    assertThat(ours.ends).containsExactly("succeeded");
    assertThat(client.poll()).isNull();
    assertThat(client.sawEnd()).isTrue();
  }

  @Test
  void aDrainThatTakesTooLongIsCut() {
    ScriptedPeer client = ScriptedPeer.openClient();
    client.play(request(1, "a/B"));
    assertThat(client.receiver.calls.get(0).begin()).isTrue();
    client.connection.close();
    client.next();
    client.clock.advanceMillis(4_999);
    assertThat(client.receiver.closed).isNull();
    client.clock.advanceMillis(1);
    assertThat(client.receiver.end().getMessage()).startsWith("G-3:");
    assertThat(client.receiver.calls.get(0).isStopped()).isTrue();
  }

  @Test
  void aPeerThatNeverEndsItsStreamIsLetGoAfterAMoment() {
    ScriptedPeer client = ScriptedPeer.openClient();
    client.connection.close();
    client.clock.advanceMillis(999);
    assertThat(client.done).isFalse();
    client.clock.advanceMillis(1);
    assertThat(client.done).isTrue();
    assertThat(client.clock.isIdle()).isTrue();
  }

  @Test
  void anAbortTellsThePeerWhyAndEndsEveryCallAtOnce() {
    ScriptedPeer server = ScriptedPeer.openServer();
    RecordedCall call = server.call("a");
    server.next();
    server.connection.abort(Code.ABORTED.getNumber(), "enough");
    assertThat(call.ends).containsExactly("unknown");
    assertThat(call.why().getCode()).isEqualTo(Code.UNAVAILABLE.getNumber());
    assertThat(call.why().getMessage()).contains("ABORTED", "enough");
    assertThat(ScriptedPeer.status(server.next()).getMessage()).isEqualTo("enough");
    assertThat(server.call("b").ends).containsExactly("not sent");
  }

  @Test
  void aCallWhoseRequestIsWrittenAfterAnAbortIsNoneThatWasNotSent() {
    ScriptedPeer server = ScriptedPeer.openServer();
    server.call("x".repeat(70_000)); // More than the link takes: what follows stays staged.
    RecordedCall staged = server.call("b");
    server.connection.abort(Code.ABORTED.getNumber(), "enough");
    assertThat(staged.ends).containsExactly("unknown");
    assertThat(server.next().getId()).isEqualTo(1);
    assertThat(server.next().getId()).isEqualTo(3);
    assertThat(server.next().getType()).isEqualTo(Type.GOAWAY);
  }

  @Test
  void aPingThatStillWaitsIsNotAnsweredBehindTheLastFrame() {
    ScriptedPeer server = ScriptedPeer.openServer();
    server.call("x".repeat(70_000));
    server.play(frame(Type.PING, 1));
    server.connection.abort(Code.ABORTED.getNumber(), "enough");
    assertThat(server.next().getType()).isEqualTo(Type.REQUEST);
    assertThat(server.next().getType()).isEqualTo(Type.GOAWAY);
    assertThat(server.poll()).isNull();
  }

  @Test
  void whatComesAfterTheEndIsReadAndThrownAway() {
    ScriptedPeer client = ScriptedPeer.openClient();
    client.play(frame(Type.CANCEL, 9));
    client.play(request(1, "a/B"), request(3, "a/B"));
    assertThat(client.receiver.calls).isEmpty();
    client.expectClose(Code.INTERNAL, "C-2");
  }

  @Test
  void theFirstCauseWins() {
    ScriptedPeer client = ScriptedPeer.openClient();
    client.play(frame(Type.CANCEL, 9));
    client.connection.abort(Code.ABORTED.getNumber(), "later");
    client.connection.close();
    client.expectClose(Code.INTERNAL, "C-2");
    assertThat(client.receiver.end().getMessage()).startsWith("C-2:").contains("peer scripted");
  }

  @Test
  void aFrameThatIsNotWholeInTimeCloses() {
    ScriptedPeer client = ScriptedPeer.openClient();
    client.playBytes((byte) 0, (byte) 0);
    client.clock.advanceMillis(20_000);
    client.playBytes((byte) 0);
    client.clock.advanceMillis(9_999);
    assertThat(client.receiver.closed).isNull();
    client.clock.advanceMillis(1);
    client.expectClose(Code.DEADLINE_EXCEEDED, "F-4");
  }

  @Test
  void anEndInsideAFrameIsALostConnection() {
    ScriptedPeer client = ScriptedPeer.openClient();
    client.playBytes((byte) 0, (byte) 0, (byte) 0);
    client.end();
    assertThat(client.receiver.end().getMessage()).contains("inside a frame");
    assertThat(client.done).isTrue();
    assertThat(client.clock.isIdle()).isTrue();
  }

  @Test
  void aPingGivesItsRoundTripToEveryoneWhoAsked() {
    ScriptedPeer server = ScriptedPeer.openServer();
    List<Long> trips = new ArrayList<>();
    PingListener listener =
        new PingListener() {
          @Override
          public void answered(long roundTrip) {
            trips.add(roundTrip);
          }

          @Override
          public void failed(dev.parley.v1.Status why, boolean sent) {
            trips.add(-1L);
          }
        };
    server.connection.ping(listener);
    server.connection.ping(listener);
    Envelope ping = server.next();
    assertThat(server.poll()).as("one PING at a time").isNull();
    server.clock.advanceMillis(3);
    server.play(frame(Type.PONG, ping.getId() + 1), frame(Type.PONG, ping.getId()));
    assertThat(trips).containsExactly(3_000_000L, 3_000_000L);
    server.connection.ping(listener);
    server.end();
    assertThat(trips).endsWith(-1L);
  }

  @Test
  void aPingBeforeTheHandshakeFailsAndIsNotSent() {
    ScriptedPeer server = ScriptedPeer.server();
    server.next();
    List<Boolean> failures = new ArrayList<>();
    server.connection.ping(
        new PingListener() {
          @Override
          public void answered(long roundTrip) {}

          @Override
          public void failed(dev.parley.v1.Status why, boolean sent) {
            failures.add(sent);
          }
        });
    assertThat(failures).containsExactly(false);
    assertThat(server.poll()).isNull();
  }

  @Test
  void onlyTheNewestOfManyPingsIsAnsweredToAPeerThatDoesNotRead() {
    ScriptedPeer client = ScriptedPeer.openClient();
    for (int id = 1; id <= 20_000; id++) {
      client.play(frame(Type.PING, id));
    }
    assertThat(client.receiver.closed).isNull();
    long last = 0;
    int pongs = 0;
    for (Envelope pong = client.poll(); pong != null; pong = client.poll()) {
      last = pong.getId();
      pongs++;
    }
    assertThat(last).isEqualTo(20_000);
    assertThat(pongs).isLessThan(20_000);
  }

  @Test
  void eventsAreSentUntilTheOutboxIsFullAndThenFailAtOnce() {
    ScriptedPeer server = ScriptedPeer.openServer();
    Text event = Text.newBuilder().setText("x".repeat(10_000)).build();
    int sent = 0;
    dev.parley.v1.Status refused = null;
    while (refused == null) {
      refused = server.connection.sendEvent("tick", event, List.of());
      sent++;
    }
    assertThat(refused.getCode()).isEqualTo(Code.RESOURCE_EXHAUSTED.getNumber());
    int received = 0;
    while (server.poll() != null) {
      received++;
    }
    assertThat(received).isEqualTo(sent - 1);
    assertThat(server.connection.sendEvent("tick", event, List.of())).isNull();
  }

  @Test
  void eventsAreNotSentToAPeerOfLevelZero() {
    ScriptedPeer server =
        ScriptedPeer.openServer(dev.parley.v1.Hello.newBuilder().setVersion(1).build());
    assertThat(server.connection.sendEvent("tick", REPLY, List.of()))
        .extracting(dev.parley.v1.Status::getCode)
        .isEqualTo(Code.UNIMPLEMENTED.getNumber());
  }
}
