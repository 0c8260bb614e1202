package dev.parley.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.google.protobuf.TextFormat;
import dev.parley.v1.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;

/** The specification's own envelopes and frames: bytes, and what every peer makes of them. */
class VectorsTest {
  private static final Path VECTORS = Path.of("..", "spec", "vectors");

  @TestFactory
  Stream<DynamicTest> canonicalEnvelopesReadAndWriteAsTheSpecificationSays() throws IOException {
    return each(
        "envelope/canonical",
        path -> {
          dev.parley.v1.Envelope text = envelope(path);
          byte[] bytes = bytes(path);
          RandomEnvelopes.assertSame(decode(bytes), text);
          byte[] frame = EnvelopeCodecTest.frame(RandomEnvelopes.ours(text));
          assertThat(frame).endsWith(bytes).hasSize(4 + bytes.length);
          assertThat(EnvelopeCodecTest.frame(decode(bytes))).isEqualTo(frame);
        });
  }

  @TestFactory
  Stream<DynamicTest> otherValidEnvelopesReadAsTheSpecificationSays() throws IOException {
    return each(
        "envelope/valid", path -> RandomEnvelopes.assertSame(decode(bytes(path)), envelope(path)));
  }

  @TestFactory
  Stream<DynamicTest> malformedEnvelopesBreakTheRuleThatTheSpecificationNames() throws IOException {
    return each(
        "envelope/malformed",
        path -> {
          List<Fact> wanted = facts(path);
          assertThatThrownBy(() -> decode(bytes(path)))
              .isInstanceOfSatisfying(WireException.class, fault -> assertFault(fault, wanted));
        });
  }

  @TestFactory
  Stream<DynamicTest> streamsAreCutIntoFramesAsTheSpecificationSays() throws IOException {
    return each(
        "frame",
        path -> {
          // At once and byte by byte: where the kernel cuts a stream means nothing.
          byte[] bytes = bytes(path);
          assertFrames(bytes, bytes.length, facts(path));
          assertFrames(bytes, 1, facts(path));
        });
  }

  private static void assertFrames(byte[] bytes, int slice, List<Fact> facts) {
    List<Fact> found = new ArrayList<>();
    FrameReader reader = new FrameReader(Integer.parseInt(value(facts, "limit")));
    found.add(new Fact("limit", value(facts, "limit")));
    Envelope envelope = new Envelope();
    try {
      for (int at = 0; at < bytes.length; at += slice) {
        reader.feed(bytes, at, Math.min(slice, bytes.length - at));
        while (reader.next(envelope)) {
          found.add(new Fact("frame", Integer.toString(reader.frameBytes() - 4)));
        }
      }
      found.add(new Fact("end", reader.midFrame() ? "inside" : "between"));
    } catch (WireException e) {
      found.add(new Fact("end", "close"));
      found.add(new Fact("rule", e.rule()));
      found.add(new Fact("code", code(e)));
      for (String guess : List.of("HTTP", "TLS")) {
        if (String.valueOf(e.getMessage()).contains(guess)) {
          found.add(new Fact("guess", guess));
        }
      }
    }
    assertThat(found).isEqualTo(facts);
  }

  private static void assertFault(WireException fault, List<Fact> facts) {
    assertThat(fault.rule()).isEqualTo(value(facts, "rule"));
    assertThat(code(fault)).isEqualTo(value(facts, "code"));
  }

  private static String code(WireException fault) {
    return String.valueOf(Code.forNumber(fault.code()));
  }

  private static Envelope decode(byte[] bytes) throws WireException {
    Envelope envelope = new Envelope();
    EnvelopeCodec.decode(bytes, 0, bytes.length, envelope);
    return envelope;
  }

  private static dev.parley.v1.Envelope envelope(Path hex) throws IOException {
    return TextFormat.parse(
        Files.readString(sibling(hex, ".textproto")), dev.parley.v1.Envelope.class);
  }

  /** The bytes of a file of hex digits, with blanks between and comments from "#" on. */
  private static byte[] bytes(Path hex) throws IOException {
    StringBuilder digits = new StringBuilder();
    for (String line : Files.readAllLines(hex)) {
      digits.append(line.replaceFirst("#.*", "").replaceAll("\\s", ""));
    }
    return EnvelopeCodecTest.hex(digits.toString());
  }

  private record Fact(String name, String value) {}

  /** What the text beside the bytes says: a name and a value a line. */
  private static List<Fact> facts(Path hex) throws IOException {
    List<Fact> facts = new ArrayList<>();
    for (String line : Files.readAllLines(sibling(hex, ".txt"))) {
      int colon = line.indexOf(": ");
      if (!line.startsWith("#") && colon > 0) {
        facts.add(new Fact(line.substring(0, colon), line.substring(colon + 2).trim()));
      }
    }
    return facts;
  }

  private static String value(List<Fact> facts, String name) {
    return facts.stream().filter(fact -> fact.name.equals(name)).findFirst().orElseThrow().value;
  }

  private static Path sibling(Path hex, String suffix) {
    return hex.resolveSibling(hex.getFileName().toString().replaceFirst("\\.hex$", suffix));
  }

  private interface Check {
    void accept(Path hex) throws Exception;
  }

  private static Stream<DynamicTest> each(String folder, Check check) throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    try (Stream<Path> files = Files.list(VECTORS.resolve(folder))) {
      for (Path path : files.filter(file -> file.toString().endsWith(".hex")).sorted().toList()) {
        Executable test = () -> check.accept(path);
        tests.add(dynamicTest(VECTORS.relativize(path).toString(), path.toUri(), test));
      }
    }
    assertThat(tests).isNotEmpty();
    return tests.stream();
  }
}
