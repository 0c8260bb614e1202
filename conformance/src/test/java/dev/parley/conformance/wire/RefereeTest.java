package dev.parley.conformance.wire;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.parley.conformance.v1.Side;
import dev.parley.v1.Envelope;
import dev.parley.v1.Envelope.Type;
import dev.parley.v1.Hello;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class RefereeTest {
  private Trace trace = new Trace();

  @BeforeEach
  void shakeHands() {
    for (Side side : new Side[] {Side.CLIENT_SIDE, Side.SERVER_SIDE}) {
      add(side, frame(Type.HELLO).setSentBy("x").setPayload(Frames.HELLO.toByteString()));
    }
  }

  @Test
  void aCallThatKeepsTheRulesPasses() {
    add(Side.CLIENT_SIDE, frame(Type.REQUEST).setId(1).setName("a.B/C"));
    add(Side.SERVER_SIDE, frame(Type.RESPONSE).setId(1).setSuccess(true));
    assertThatCode(() -> Referee.check(trace)).doesNotThrowAnyException();
  }

  @Test
  void anIdThatDoesNotRiseIsAFoul() {
    add(Side.CLIENT_SIDE, frame(Type.REQUEST).setId(3).setName("a.B/C"));
    add(Side.CLIENT_SIDE, frame(Type.REQUEST).setId(1).setName("a.B/C"));
    assertFoul("C-2");
  }

  @Test
  void anEvenIdFromTheClientIsAFoul() {
    add(Side.CLIENT_SIDE, frame(Type.REQUEST).setId(2).setName("a.B/C"));
    assertFoul("C-2");
  }

  @Test
  void aSecondResponseIsAFoul() {
    add(Side.CLIENT_SIDE, frame(Type.REQUEST).setId(1).setName("a.B/C"));
    add(Side.SERVER_SIDE, frame(Type.RESPONSE).setId(1).setSuccess(true));
    add(Side.SERVER_SIDE, frame(Type.RESPONSE).setId(1).setSuccess(true));
    assertFoul("C-3");
  }

  @Test
  void aFailureWithoutACodeIsAFoul() {
    add(Side.CLIENT_SIDE, frame(Type.REQUEST).setId(1).setName("a.B/C"));
    add(Side.SERVER_SIDE, frame(Type.RESPONSE).setId(1));
    assertFoul("C-10");
  }

  @Test
  void aStreamAboveTheLevelOfBothIsAFoul() {
    add(Side.CLIENT_SIDE, frame(Type.REQUEST).setId(1).setName("a.B/C").setOpen(true));
    assertFoul("H-3");
  }

  @Test
  void aStreamThatKeepsTheRulesPasses() {
    shakeHandsAtLevelTwo(1000);
    add(Side.CLIENT_SIDE, frame(Type.REQUEST).setId(1).setName("a.B/C").setOpen(true));
    add(Side.CLIENT_SIDE, message(1, 2000));
    add(Side.SERVER_SIDE, frame(Type.CREDIT).setId(1).setCredit(2064));
    add(Side.CLIENT_SIDE, message(1, 600).setMore(true));
    add(Side.SERVER_SIDE, message(1, 5));
    add(Side.CLIENT_SIDE, message(1, 600));
    add(Side.CLIENT_SIDE, frame(Type.END).setId(1));
    add(Side.SERVER_SIDE, frame(Type.RESPONSE).setId(1).setSuccess(true));
    assertThatCode(() -> Referee.check(trace)).doesNotThrowAnyException();
  }

  @Test
  void aMessageBegunAtAWindowThatIsUsedUpIsAFoul() {
    shakeHandsAtLevelTwo(1000);
    add(Side.CLIENT_SIDE, frame(Type.REQUEST).setId(1).setName("a.B/C").setOpen(true));
    add(Side.CLIENT_SIDE, message(1, 2000));
    add(Side.CLIENT_SIDE, message(1, 1));
    assertFoul("W-2");
  }

  @Test
  void aMessageBehindEndIsAFoul() {
    shakeHandsAtLevelTwo(1000);
    add(Side.CLIENT_SIDE, frame(Type.REQUEST).setId(1).setName("a.B/C").setOpen(true));
    add(Side.CLIENT_SIDE, frame(Type.END).setId(1));
    add(Side.CLIENT_SIDE, message(1, 1));
    assertFoul("C-6");
  }

  @Test
  void aMessageInsideARequestIsAFoul() {
    shakeHandsAtLevelTwo(1000);
    add(Side.CLIENT_SIDE, frame(Type.REQUEST).setId(1).setName("a.B/C").setMore(true));
    add(Side.CLIENT_SIDE, frame(Type.END).setId(1));
    assertFoul("C-6");
  }

  @Test
  void aMessageBehindTheResponseIsAFoul() {
    shakeHandsAtLevelTwo(1000);
    add(Side.CLIENT_SIDE, frame(Type.REQUEST).setId(1).setName("a.B/C"));
    add(Side.SERVER_SIDE, frame(Type.RESPONSE).setId(1).setSuccess(true));
    add(Side.SERVER_SIDE, message(1, 1));
    assertFoul("C-3");
  }

  @Test
  void anEventBeyondTheWindowIsAFoul() {
    shakeHandsAtLevelTwo(1000);
    Envelope.Builder event =
        frame(Type.EVENT).setName("e").setPayload(ByteString.copyFrom(new byte[1000]));
    add(Side.CLIENT_SIDE, event);
    add(Side.CLIENT_SIDE, event);
    assertFoul("W-2");
  }

  private void shakeHandsAtLevelTwo(long window) {
    trace = new Trace();
    for (Side side : new Side[] {Side.CLIENT_SIDE, Side.SERVER_SIDE}) {
      Hello hello = Frames.HELLO.toBuilder().setLevel(2).setWindow(window).build();
      add(side, frame(Type.HELLO).setSentBy("x").setPayload(hello.toByteString()));
    }
  }

  private static Envelope.Builder message(long id, int size) {
    return frame(Type.MESSAGE).setId(id).setPayload(ByteString.copyFrom(new byte[size]));
  }

  @Test
  void aPongToNothingIsAFoul() {
    add(Side.SERVER_SIDE, frame(Type.PONG).setId(4));
    assertFoul("P-1");
  }

  private void assertFoul(String rule) {
    assertThatThrownBy(() -> Referee.check(trace))
        .hasMessageContaining("foul on the wire: " + rule);
  }

  private static Envelope.Builder frame(Type type) {
    return Envelope.newBuilder().setType(type);
  }

  private void add(Side side, Envelope.Builder envelope) {
    Envelope built = envelope.build();
    trace.add(1, side, Received.frame(built, built.getSerializedSize()));
  }
}
