package dev.parley.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.MessageLite;
import dev.parley.test.v1.Text;
import java.io.UncheckedIOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class MessageEncoderTest {
  private final MessageEncoder encoder = new MessageEncoder();

  private static Text text(int length) {
    return Text.newBuilder().setText("x".repeat(length)).build();
  }

  private byte[] encode(MessageLite message) {
    int size = message.getSerializedSize();
    byte[] out = new byte[size + 20];
    encoder.encode(message, size, out, 10);
    assertThat(Arrays.copyOf(out, 10)).containsOnly(0);
    assertThat(Arrays.copyOfRange(out, size + 10, size + 20)).containsOnly(0);
    return Arrays.copyOfRange(out, 10, size + 10);
  }

  @Test
  void messagesOfAllSizesAreWhatProtobufMakesOfThem() {
    for (int length = 0; length < 1100; length++) {
      assertThat(encode(text(length))).isEqualTo(text(length).toByteArray());
    }
  }

  @Test
  void aMessageThatThrowsInTheMiddleLeavesNothingForTheNext() {
    encode(text(1));
    assertThatThrownBy(() -> encode(UnencodableMessage.throwing()))
        .isInstanceOf(IllegalStateException.class);
    assertThat(encode(text(5))).isEqualTo(text(5).toByteArray());
  }

  @Test
  void aMessageThatIsLongerThanItSaidIsRefused() {
    encode(text(1));
    MessageLite longer = UnencodableMessage.of(2, out -> out.writeInt64(1, -1));
    assertThatThrownBy(() -> encode(longer)).isInstanceOf(UncheckedIOException.class);
    assertThat(encode(text(5))).isEqualTo(text(5).toByteArray());
  }

  @Test
  void aMessageThatIsShorterThanItSaidIsRefused() {
    encode(text(1));
    MessageLite shorter = UnencodableMessage.of(3, out -> out.writeInt32(1, 1));
    assertThatThrownBy(() -> encode(shorter)).isInstanceOf(UncheckedIOException.class);
    assertThat(encode(text(5))).isEqualTo(text(5).toByteArray());
  }
}
