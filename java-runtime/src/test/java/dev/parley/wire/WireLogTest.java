package dev.parley.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.parley.v1.Metadata;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the log of frames says, and what it keeps to itself. */
class WireLogTest {
  @Test
  void theLogIsOffUnlessAskedFor() {
    assertThat(WireLog.on()).isFalse();
  }

  @Test
  void aFrameIsALineInFixedColumns() {
    Envelope request =
        new Envelope()
            .type(FrameType.REQUEST)
            .id(5)
            .name("demo.v1.Greeter/Hello")
            .timeoutMicros(2000)
            .payload(new byte[7]);
    assertThat(WireLog.line("<<", "app/greeter", request, 44))
        .isEqualTo(
            "<< app/greeter              REQUEST           5      44"
                + " name=demo.v1.Greeter/Hello timeout_us=2000 payload=7");
    Envelope response =
        new Envelope().type(FrameType.RESPONSE).id(5).success(true).payload(new byte[15]);
    assertThat(WireLog.line(">>", "app/greeter", response, 25))
        .isEqualTo(
            ">> app/greeter              RESPONSE          5      25 success=true payload=15");
    assertThat(WireLog.line("<<", "", new Envelope().typeNumber(77), 8))
        .isEqualTo("<<                          77                0       8");
  }

  @Test
  void everyFactHasItsPlace() {
    Envelope envelope =
        new Envelope()
            .type(FrameType.EVENT)
            .name("tick")
            .sentBy("relay")
            .open(true)
            .more(true)
            .credit(3)
            .fds(2)
            .missed(4)
            .metadata(List.of(Metadata.getDefaultInstance()));
    assertThat(envelope)
        .hasToString("EVENT name=tick sent_by=relay open more credit=3 fds=2 metadata=1 missed=4");
  }

  @Test
  void payloadAndMetadataStaySecret() {
    Envelope envelope =
        new Envelope()
            .type(FrameType.EVENT)
            .metadata(
                List.of(
                    Metadata.newBuilder()
                        .setKey("hush")
                        .setValue(ByteString.copyFromUtf8("secret"))
                        .build()))
            .payload("secret".getBytes(StandardCharsets.UTF_8));
    assertThat(WireLog.line("<<", "p", envelope, 1))
        .doesNotContain("secret")
        .doesNotContain("hush");
  }

  @Test
  void aHostileNameCannotForgeALine() {
    Envelope envelope =
        new Envelope().type(FrameType.EVENT).name("a\n<< b\u001b[2J\u202e").sentBy("c\rd");
    assertThat(WireLog.line("<<", "peer\nx", envelope, 1))
        .matches("[ -~]*")
        .contains("peer\\u000ax")
        .contains("name=a\\u000a<<\\u0020b\\u001b[2J\\u202e sent_by=c\\u000dd");
  }
}
