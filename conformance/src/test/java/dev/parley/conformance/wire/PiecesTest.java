package dev.parley.conformance.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.TextFormat;
import dev.parley.conformance.v1.Send;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PiecesTest {
  @Test
  void aFrameIsAsLongAsTheCaseWantsIt() throws TextFormat.ParseException {
    for (int size : new int[] {100, 200, 16384, 70000, 4194304}) {
      List<Received> frames =
          split("pieces { frame { envelope { type: REQUEST id: 1 } frame_size: " + size + " } }");
      assertThat(frames).singleElement().extracting(Received::size).isEqualTo(size);
    }
  }

  @Test
  void hexStandsAsItIs() throws TextFormat.ParseException {
    assertThat(split("pieces { hex: '00 0000 04 0801 1809' }"))
        .singleElement()
        .hasToString("PING 1  (4 bytes)");
  }

  @Test
  void aClaimedLengthIsNoFrame() throws TextFormat.ParseException {
    assertThat(split("pieces { hex: 'ffffffff' }"))
        .singleElement()
        .hasToString("a length of 4294967295");
  }

  private static List<Received> split(String text) throws TextFormat.ParseException {
    List<Received> frames = new ArrayList<>();
    FrameSplitter splitter = new FrameSplitter(frames::add);
    splitter.feed(Pieces.encode(TextFormat.parse(text, Send.class)));
    return frames;
  }
}
