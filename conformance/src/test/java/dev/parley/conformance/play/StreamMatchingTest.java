package dev.parley.conformance.play;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.parley.conformance.program.Line;
import dev.parley.conformance.program.Tally;
import dev.parley.conformance.v1.ExpectedReply;
import dev.parley.conformance.v1.ReadMessages;
import dev.parley.conformance.v1.StreamReply;
import dev.parley.conformance.wire.Mismatch;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What passes for the messages that a case wants, and what does not. */
final class StreamMatchingTest {
  private static final ReadMessages TWO =
      ReadMessages.newBuilder()
          .addExpect(ExpectedReply.newBuilder().setText(ByteString.copyFromUtf8("a")).setTimes(2))
          .build();

  /** The answer of a program that has read messages with these texts, numbered from 1. */
  private static Line answer(boolean whole, String end, String... texts) {
    Tally tally = new Tally();
    List<String> payloads = new ArrayList<>();
    for (String text : texts) {
      ByteString payload =
          StreamReply.newBuilder()
              .setNumber(tally.count() + 1)
              .setText(ByteString.copyFromUtf8(text))
              .build()
              .toByteString();
      tally.add(payload);
      payloads.add(Line.hex(payload));
    }
    Line line =
        new Line("messages")
            .with("count", tally.count())
            .with("digest", tally.digest())
            .with("end", end);
    return whole ? line.with("payloads", String.join(",", payloads)) : line;
  }

  private static long check(ReadMessages wanted, Line answer) {
    return new StreamMatching(wanted, 1, 0).check(answer);
  }

  @Test
  void theRightMessagesPassWithAndWithoutTheirPayloads() {
    assertThat(check(TWO, answer(true, "more", "a", "a"))).isEqualTo(2);
    assertThat(check(TWO, answer(false, "more", "a", "a"))).isEqualTo(2);
  }

  @Test
  void otherMessagesFail() {
    for (boolean whole : new boolean[] {true, false}) {
      assertThatThrownBy(() -> check(TWO, answer(whole, "more", "a", "b")))
          .isInstanceOf(Mismatch.class);
      assertThatThrownBy(() -> check(TWO, answer(whole, "more", "a")))
          .isInstanceOf(Mismatch.class)
          .hasMessageContaining("wanted 2 messages, came 1");
    }
  }

  @Test
  void anotherNumberThanTheNextOneFails() {
    assertThatThrownBy(() -> new StreamMatching(TWO, 1, 3).check(answer(false, "more", "a", "a")))
        .isInstanceOf(Mismatch.class);
  }

  @Test
  void aStreamThatEndsOtherwiseFails() {
    ReadMessages toEnd = TWO.toBuilder().setToEnd(true).build();
    assertThat(check(toEnd, answer(true, "end", "a", "a"))).isEqualTo(2);
    assertThatThrownBy(() -> check(toEnd, answer(true, "more", "a", "a")))
        .isInstanceOf(Mismatch.class);
    assertThatThrownBy(() -> check(TWO, answer(true, "end", "a", "a")))
        .isInstanceOf(Mismatch.class);
  }

  @Test
  void aFailureHasToHaveItsCodeAndOutcome() {
    ReadMessages failing = TWO.toBuilder().setCode("CANCELLED").setOutcome("UNKNOWN").build();
    Line right =
        answer(true, "failed", "a", "a").with("code", "CANCELLED").with("outcome", "UNKNOWN");
    Line wrong =
        answer(true, "failed", "a", "a").with("code", "CANCELLED").with("outcome", "REPLIED");
    assertThat(check(failing, right)).isEqualTo(2);
    assertThatThrownBy(() -> check(failing, wrong)).isInstanceOf(Mismatch.class);
  }

  @Test
  void aPrefixMayStopAnywhereButHasNoGap() {
    ReadMessages prefix = TWO.toBuilder().setPrefix(true).build();
    assertThat(check(prefix, answer(false, "more"))).isZero();
    assertThat(check(prefix, answer(false, "more", "a"))).isEqualTo(1);
    assertThatThrownBy(() -> check(prefix, answer(false, "more", "b")))
        .isInstanceOf(Mismatch.class);
    assertThatThrownBy(() -> check(prefix, answer(true, "more", "a", "a", "a")))
        .isInstanceOf(Mismatch.class);
  }
}
