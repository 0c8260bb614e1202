package dev.parley.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.parley.v1.Metadata;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** The codec against protobuf's own classes, on envelopes that break no rule. */
class EnvelopeCodecTest {
  @Property
  void protobufReadsWhatWeWrite(@ForAll long seed) throws Exception {
    dev.parley.v1.Envelope theirs = RandomEnvelopes.next(new Random(seed));
    Envelope ours = RandomEnvelopes.ours(theirs);
    byte[] frame = frame(ours);

    dev.parley.v1.Envelope read =
        dev.parley.v1.Envelope.parseFrom(ByteString.copyFrom(frame, 4, frame.length - 4));
    assertThat(read).isEqualTo(theirs);
  }

  @Property
  void weReadWhatProtobufWrites(@ForAll long seed) throws Exception {
    Envelope reused = new Envelope();
    Random random = new Random(seed);
    for (int i = 0; i < 3; i++) {
      dev.parley.v1.Envelope theirs = RandomEnvelopes.next(random);
      byte[] bytes = theirs.toByteArray();
      int from = random.nextInt(3);
      byte[] in = new byte[from + bytes.length + 2];
      Arrays.fill(in, (byte) 0xff);
      System.arraycopy(bytes, 0, in, from, bytes.length);

      EnvelopeCodec.decode(in, from, from + bytes.length, reused);
      RandomEnvelopes.assertSame(reused, theirs);
    }
  }

  @Property
  void weWriteTheBytesThatProtobufWrites(@ForAll long seed) {
    dev.parley.v1.Envelope theirs = RandomEnvelopes.next(new Random(seed));
    byte[] frame = frame(RandomEnvelopes.ours(theirs));
    assertThat(Arrays.copyOfRange(frame, 4, frame.length)).isEqualTo(theirs.toByteArray());
  }

  @Property
  void theSizesAreExact(@ForAll long seed) {
    dev.parley.v1.Envelope theirs = RandomEnvelopes.next(new Random(seed));
    Envelope ours = RandomEnvelopes.ours(theirs);
    int length = ours.payloadLength();
    int size = theirs.getSerializedSize();

    assertThat(EnvelopeCodec.headerSize(ours, length)).isEqualTo(size - length);
    assertThat(EnvelopeCodec.frameSize(ours, length)).isEqualTo(4 + size);
    assertThat(EnvelopeCodec.writeFrameHeader(ours, length, new byte[4 + size], 0))
        .isEqualTo(4 + size - length);
  }

  @Test
  void aPayloadFromElsewhereFollowsItsHeader() throws Exception {
    Envelope envelope = new Envelope().type(FrameType.MESSAGE).id(300);
    byte[] payload = new byte[1000];
    new Random(7).nextBytes(payload);
    byte[] frame = new byte[EnvelopeCodec.frameSize(envelope, payload.length) + 5];

    int at = EnvelopeCodec.writeFrameHeader(envelope, payload.length, frame, 5);
    System.arraycopy(payload, 0, frame, at, payload.length);

    assertThat(at + payload.length).isEqualTo(frame.length);
    FrameReader reader = new FrameReader(Limits.MAX_FRAME);
    reader.feed(frame, 5, frame.length - 5);
    Envelope read = new Envelope();
    assertThat(reader.next(read)).isTrue();
    assertThat(read.id()).isEqualTo(300);
    assertThat(RandomEnvelopes.payload(read)).isEqualTo(payload);
  }

  @Test
  void thePayloadIsWrittenFromItsRegion() {
    Envelope envelope =
        new Envelope().type(FrameType.MESSAGE).id(5).payload(new byte[] {9, 9, 0x0a, 0, 9}, 2, 2);
    assertThat(frame(envelope)).isEqualTo(hex("00000008 0805 1803 7a020a00"));
  }

  @Test
  void theFramesOfThePackagesDiagramAreTrue() {
    Envelope request = new Envelope().id(5).type(FrameType.REQUEST).name("a/b").open(true);
    assertThat(frame(request)).isEqualTo(hex("0000000b 0805 1802 2a03612f62 3801"));
  }

  @Test
  void anEmptyPayloadIsNoField() {
    assertThat(frame(new Envelope().type(FrameType.END).id(5).payload(new byte[0])))
        .isEqualTo(hex("00000004 0805 1804"));
  }

  @Test
  void aNegativeTypeTakesTenBytesAsProtobufWritesIt() throws Exception {
    byte[] frame = frame(new Envelope().typeNumber(-2));
    assertThat(frame).isEqualTo(hex("0000000b 18 feffffffffffffffff01"));
    Envelope read = new Envelope();
    EnvelopeCodec.decode(frame, 4, frame.length, read);
    assertThat(read.typeNumber()).isEqualTo(-2);
    assertThat(read.type()).isNull();
  }

  @Test
  void aDecodedPayloadIsNotCopied() throws Exception {
    byte[] in = hex("1803 7a020a00");
    Envelope read = new Envelope();
    EnvelopeCodec.decode(in, 0, in.length, read);
    assertThat(read.payloadArray()).isSameAs(in);
    assertThat(read.payloadOffset()).isEqualTo(4);
    assertThat(read.payloadLength()).isEqualTo(2);
  }

  @Test
  void aNameThatComesAgainIsTheSameString() throws Exception {
    byte[] in = frame(new Envelope().type(FrameType.REQUEST).id(1).name("demo.v1.Greeter/Hello"));
    byte[] other = frame(new Envelope().type(FrameType.REQUEST).id(1).name("demo.v1.Greeter/Bye"));
    Envelope read = new Envelope();
    EnvelopeCodec.decode(in, 4, in.length, read);
    String first = read.name();
    EnvelopeCodec.decode(other, 4, other.length, read);
    assertThat(read.name()).isEqualTo("demo.v1.Greeter/Bye");
    EnvelopeCodec.decode(in, 4, in.length, read);
    assertThat(read.name()).isSameAs(first);
  }

  @Test
  void aNameInUseStaysKnownAmongManyThatComeOnce() {
    NameCache names = new NameCache();
    byte[] used = "demo.v1.Greeter/Hello".getBytes(UTF_8);
    String first = names.read(used, 0, used.length);
    for (int i = 0; i < 100_000; i++) {
      byte[] once = ("hostile" + i).getBytes(UTF_8);
      assertThat(names.read(once, 0, once.length)).isEqualTo("hostile" + i);
      if (i % 16 == 0) {
        assertThat(names.read(used, 0, used.length)).isSameAs(first);
      }
    }
  }

  @Test
  void metadataGoesBothWays() throws Exception {
    List<Metadata> entries =
        List.of(
            Metadata.newBuilder().setKey("trace").setValue(ByteString.copyFromUtf8("1")).build(),
            Metadata.newBuilder().setKey("trace").build(),
            Metadata.getDefaultInstance());
    byte[] frame = frame(new Envelope().type(FrameType.EVENT).name("tick").metadata(entries));
    Envelope read = new Envelope();
    EnvelopeCodec.decode(frame, 4, frame.length, read);
    assertThat(read.metadata()).isEqualTo(entries);
    assertThat(dev.parley.v1.Envelope.parseFrom(Arrays.copyOfRange(frame, 4, frame.length)))
        .extracting(dev.parley.v1.Envelope::getMetadataList)
        .isEqualTo(entries);
  }

  @Test
  void anUnpairedSurrogateIsWrittenAsAQuestionMark() throws Exception {
    for (String name : List.of("a\ud800", "\udc00b", "\ud800\ud800é", "😀\ude00")) {
      byte[] frame = frame(new Envelope().type(FrameType.EVENT).name(name));
      Envelope read = new Envelope();
      EnvelopeCodec.decode(frame, 4, frame.length, read);
      assertThat(read.name())
          .isEqualTo(name.replaceAll("[\ud800-\udfff](?![\udc00-\udfff])", "?"))
          .contains("?");
    }
  }

  @Test
  void creditOverTheHighestLongIsTheHighestLong() throws Exception {
    byte[] in =
        dev.parley.v1.Envelope.newBuilder()
            .setTypeValue(7)
            .setCredit(-1)
            .setMissed(Long.MIN_VALUE)
            .build()
            .toByteArray();
    Envelope read = new Envelope();
    EnvelopeCodec.decode(in, 0, in.length, read);
    assertThat(read.credit()).isEqualTo(Long.MAX_VALUE);
    assertThat(read.missed()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void aTimeoutIsALimitBelowTwoToTheFiftyThird() {
    Envelope envelope = new Envelope();
    assertThat(envelope.timeoutMicros(0).hasTimeout()).isFalse();
    assertThat(envelope.timeoutMicros(1).hasTimeout()).isTrue();
    assertThat(envelope.timeoutMicros((1L << 53) - 1).hasTimeout()).isTrue();
    assertThat(envelope.timeoutMicros(1L << 53).hasTimeout()).isFalse();
    assertThat(envelope.timeoutMicros(-1).hasTimeout()).isFalse();
  }

  @Test
  void clearLeavesNothingBehind() {
    Envelope envelope = RandomEnvelopes.ours(dev.parley.v1.Envelope.getDefaultInstance());
    envelope.id(1).sentBy("s").type(FrameType.EVENT).success(true).name("n").timeoutMicros(1);
    envelope.open(true).more(true).credit(1).fds(1).missed(1).payload(new byte[3], 1, 2);
    envelope.metadata(List.of(Metadata.getDefaultInstance()));
    RandomEnvelopes.assertSame(envelope.clear(), dev.parley.v1.Envelope.getDefaultInstance());
  }

  static byte[] frame(Envelope envelope) {
    byte[] frame = new byte[EnvelopeCodec.frameSize(envelope, envelope.payloadLength())];
    assertThat(EnvelopeCodec.writeFrame(envelope, frame, 0)).isEqualTo(frame.length);
    return frame;
  }

  static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits.replace(" ", ""));
  }
}
