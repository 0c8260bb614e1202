package dev.parley.conformance.program;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;

final class LineTest {
  @Test
  void aLineIsReadAsItWasWritten() {
    Line line =
        new Line("start")
            .with("call", 7)
            .with("timeout_us", -1)
            .withBytes("payload", ByteString.copyFrom(new byte[] {0, -1}))
            .withText("message", "naïve");
    Line read = Line.parse(line.toString());
    assertThat(read.verb()).isEqualTo("start");
    assertThat(read.number("call")).isEqualTo(7);
    assertThat(read.word("timeout_us")).isEqualTo("18446744073709551615");
    assertThat(read.bytes("payload")).isEqualTo(ByteString.copyFrom(new byte[] {0, -1}));
    assertThat(read.text("message")).isEqualTo("naïve");
    assertThat(read.has("metadata")).isFalse();
  }
}
