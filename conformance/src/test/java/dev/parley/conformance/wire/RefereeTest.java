package dev.parley.conformance.wire;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.conformance.v1.Side;
import dev.parley.v1.Envelope;
import dev.parley.v1.Envelope.Type;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class RefereeTest {
  private final Trace trace = new Trace();

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
