package dev.parley.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.parley.v1.Metadata;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every limit of F-7, at the limit and one over, for the sender and for the receiver. */
class LimitsTest {
  @Test
  void aNameHasAtMost255Bytes() throws Exception {
    String longest = "é".repeat(127) + "x";
    assertThat(Limits.nameFault(longest)).isNull();
    assertTaken(new Envelope().name(longest));

    String tooLong = "é".repeat(128);
    assertThat(Limits.nameFault(tooLong))
        .isEqualTo("F-7: name of 256 bytes is over the limit of 255");
    assertRefused(new Envelope().name(tooLong));
  }

  @Test
  void anEmptyNameIsNotSent() {
    assertThat(Limits.nameFault("")).isEqualTo("F-7: name is empty");
  }

  @Test
  void aSentByHasAtMost64Bytes() throws Exception {
    String longest = "s".repeat(64);
    assertThat(Limits.sentByFault(longest)).isNull();
    assertTaken(new Envelope().sentBy(longest));

    assertThat(Limits.sentByFault(longest + "s"))
        .isEqualTo("F-7: sent_by of 65 bytes is over the limit of 64");
    assertRefused(new Envelope().sentBy(longest + "s"));
  }

  @Test
  void metadataHasAtMost32Entries() throws Exception {
    List<Metadata> most = Collections.nCopies(32, entry("k", 1));
    assertThat(Limits.metadataFault(most)).isNull();
    assertTaken(new Envelope().metadata(most));

    List<Metadata> tooMany = Collections.nCopies(33, entry("k", 1));
    assertThat(Limits.metadataFault(tooMany))
        .isEqualTo("F-7: metadata of 33 entries is over the limit of 32");
    assertRefused(new Envelope().metadata(tooMany));
  }

  @Test
  void aMetadataKeyHasAtMost64Bytes() throws Exception {
    List<Metadata> longest = List.of(entry("é".repeat(32), 1));
    assertThat(Limits.metadataFault(longest)).isNull();
    assertTaken(new Envelope().metadata(longest));

    List<Metadata> tooLong = List.of(entry("é".repeat(32) + "k", 1));
    assertThat(Limits.metadataFault(tooLong))
        .isEqualTo("F-7: metadata key of 65 bytes is over the limit of 64");
    assertRefused(new Envelope().metadata(tooLong));
  }

  @Test
  void anEmptyMetadataKeyIsNotSentButRead() throws Exception {
    List<Metadata> nameless = List.of(entry("", 1));
    assertThat(Limits.metadataFault(nameless)).isEqualTo("F-7: metadata key is empty");
    assertTaken(new Envelope().metadata(nameless));
  }

  @Test
  void metadataHasAtMost8192BytesOfKeysAndValues() throws Exception {
    List<Metadata> most = List.of(entry("key", 4093), entry("other", 4091));
    assertThat(Limits.metadataFault(most)).isNull();
    assertTaken(new Envelope().metadata(most));

    List<Metadata> tooMuch = List.of(entry("key", 4093), entry("other", 4092));
    assertThat(Limits.metadataFault(tooMuch))
        .isEqualTo("F-7: metadata of 8193 bytes is over the limit of 8192");
    assertRefused(new Envelope().metadata(tooMuch));
  }

  @Test
  void metadataOfOneHugeEntryIsRefused() {
    List<Metadata> huge = List.of(entry("key", 3 << 20));
    assertThat(Limits.metadataFault(huge)).startsWith("F-7: metadata of 3145731 bytes");
    assertRefused(new Envelope().metadata(huge));
  }

  private static Metadata entry(String key, int valueSize) {
    return Metadata.newBuilder()
        .setKey(key)
        .setValue(ByteString.copyFrom(new byte[valueSize]))
        .build();
  }

  private static void assertTaken(Envelope envelope) throws WireException {
    byte[] frame = EnvelopeCodecTest.frame(envelope.type(FrameType.EVENT));
    Envelope read = new Envelope();
    EnvelopeCodec.decode(frame, 4, frame.length, read);
    assertThat(read.name()).isEqualTo(envelope.name());
    assertThat(read.sentBy()).isEqualTo(envelope.sentBy());
    assertThat(read.metadata()).isEqualTo(envelope.metadata());
  }

  private static void assertRefused(Envelope envelope) {
    byte[] frame = EnvelopeCodecTest.frame(envelope.type(FrameType.EVENT));
    HostileEnvelopeTest.assertBroken(Arrays.copyOfRange(frame, 4, frame.length), "F-7");
  }
}
