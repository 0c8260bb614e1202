package dev.parley.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.v1.Code;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Frames out of a stream of bytes, however it is cut. */
class FrameReaderTest {
  private final Envelope envelope = new Envelope();

  @Property(tries = 300)
  void anySlicingGivesTheSameEnvelopes(@ForAll long seed) throws Exception {
    Random random = new Random(seed);
    List<dev.parley.v1.Envelope> sent = new ArrayList<>();
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    for (int i = random.nextInt(12); i >= 0; i--) {
      dev.parley.v1.Envelope next = RandomEnvelopes.next(random);
      sent.add(next);
      stream.writeBytes(EnvelopeCodecTest.frame(RandomEnvelopes.ours(next)));
    }
    byte[] bytes = stream.toByteArray();
    FrameReader reader = new FrameReader(Limits.MAX_FRAME);
    int taken = 0;
    int largest = 1 + random.nextInt(random.nextBoolean() ? 10 : 40_000);
    for (int at = 0; at < bytes.length; ) {
      int length = Math.min(1 + random.nextInt(largest), bytes.length - at);
      if (random.nextBoolean()) {
        reader.feed(bytes, at, length);
      } else {
        length = put(reader, bytes, at, length);
      }
      at += length;
      while (reader.next(envelope)) {
        RandomEnvelopes.assertSame(envelope, sent.get(taken));
        assertThat(reader.frameBytes()).isEqualTo(4 + sent.get(taken).getSerializedSize());
        taken++;
      }
      if (random.nextInt(4) == 0) {
        reader.release();
      }
    }
    assertThat(taken).isEqualTo(sent.size());
    assertThat(reader.midFrame()).isFalse();
  }

  @Test
  void everyCutOfTwoFramesGivesBoth() throws Exception {
    byte[] bytes = EnvelopeCodecTest.hex("00000008 0805 1803 7a020a00  00000004 0807 1804");
    for (int first = 0; first <= bytes.length; first++) {
      for (int second = first; second <= bytes.length; second++) {
        FrameReader reader = new FrameReader(Limits.MAX_FRAME);
        List<Long> ids = new ArrayList<>();
        for (byte[] slice :
            List.of(
                Arrays.copyOf(bytes, first),
                Arrays.copyOfRange(bytes, first, second),
                Arrays.copyOfRange(bytes, second, bytes.length))) {
          reader.feed(slice, 0, slice.length);
          while (reader.next(envelope)) {
            ids.add(envelope.id());
          }
        }
        assertThat(ids).containsExactly(5L, 7L);
      }
    }
  }

  @Test
  void aFrameOfExactlyTheLimitIsTakenAndOneByteMoreIsNot() throws Exception {
    for (int limit : new int[] {Limits.HELLO_FRAME, 100_000, Limits.MAX_FRAME}) {
      FrameReader reader = new FrameReader(limit);
      byte[] largest = frameOf(limit);
      putAll(reader, largest);
      assertThat(reader.next(envelope)).isTrue();
      assertThat(reader.frameBytes()).isEqualTo(4 + limit);
      assertThat(reader.next(envelope)).isFalse();

      byte[] over = frameOf(limit + 1);
      reader.feed(over, 0, 4);
      assertBadLength(
          reader,
          Code.RESOURCE_EXHAUSTED,
          "F-2: frame of " + (limit + 1) + " bytes is over the limit of " + limit);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "00000000, INTERNAL, 'F-2: frame of 0 bytes, an envelope has at least 1'",
    "00400001, RESOURCE_EXHAUSTED, 'F-2: frame of 4194305 bytes is over the limit of 4194304'",
    "7fffffff, RESOURCE_EXHAUSTED, 'F-2: frame of 2147483647 bytes is over the limit of 4194304'",
    "80000000, RESOURCE_EXHAUSTED, 'F-2: frame of 2147483648 bytes is over the limit of 4194304'",
    "ffffffff, RESOURCE_EXHAUSTED, 'F-2: frame of 4294967295 bytes is over the limit of 4194304'",
  })
  void badLengthsAreRefusedBeforeAnythingGrows(String hex, Code code, String message) {
    FrameReader reader = new FrameReader(Limits.MAX_FRAME);
    putAll(reader, EnvelopeCodecTest.hex(hex));
    assertBadLength(reader, code, message);
    assertThat(reader.capacity()).isLessThanOrEqualTo(16 << 10);
  }

  @ParameterizedTest
  @CsvSource({
    "'GET / HTTP/1.1', an HTTP request",
    "'POST /x HTTP/1.1', an HTTP request",
    "'HEAD / HTTP/1.1', an HTTP request",
    "'PUT /x HTTP/1.1', an HTTP request",
    "'DELETE /x HTTP/1.1', an HTTP request",
    "'OPTIONS * HTTP/1.1', an HTTP request",
    "'CONNECT x:1 HTTP/1.1', an HTTP request",
    "'PRI * HTTP/2.0', an HTTP/2 connection",
    "'HTTP/1.1 200 OK', an HTTP response",
  })
  void otherProtocolsAreGuessedAt(String text, String guess) {
    FrameReader reader = new FrameReader(Limits.HELLO_FRAME);
    putAll(reader, text.getBytes(StandardCharsets.US_ASCII));
    assertThatThrownBy(() -> reader.next(envelope))
        .hasMessageContaining("is over the limit of 16384")
        .hasMessageEndingWith("; its length reads like the beginning of " + guess);
  }

  @Test
  void aTlsHelloIsGuessedAt() {
    FrameReader reader = new FrameReader(Limits.HELLO_FRAME);
    putAll(reader, EnvelopeCodecTest.hex("16030100f0"));
    assertThatThrownBy(() -> reader.next(envelope)).hasMessageEndingWith("a TLS handshake");
  }

  @Test
  void theBufferGrowsWithWhatCameNotWithWhatIsClaimed() throws Exception {
    FrameReader reader = new FrameReader(64 << 20);
    byte[] frame = frameOf(8 << 20);
    int received = 0;
    while (received < frame.length) {
      received += put(reader, frame, received, 1000);
      assertThat(reader.next(envelope)).isEqualTo(received == frame.length);
      assertThat(reader.capacity())
          .isLessThanOrEqualTo(Math.max(16 << 10, 4 * received))
          .isLessThanOrEqualTo(Math.max(16 << 10, frame.length));
    }
    assertThat(RandomEnvelopes.payload(envelope))
        .isEqualTo(
            Arrays.copyOfRange(frame, frame.length - envelope.payloadLength(), frame.length));
  }

  @Test
  void anIdleReaderHoldsNoBuffer() throws Exception {
    FrameReader reader = new FrameReader(Limits.MAX_FRAME);
    assertThat(reader.capacity()).isZero();
    putAll(reader, frameOf(100_000));
    assertThat(reader.next(envelope)).isTrue();
    reader.release();
    assertThat(reader.capacity()).isZero();
    putAll(reader, frameOf(10));
    assertThat(reader.next(envelope)).isTrue();
  }

  @Test
  void releaseKeepsHalfAFrame() throws Exception {
    FrameReader reader = new FrameReader(Limits.MAX_FRAME);
    byte[] frame = frameOf(50);
    reader.feed(frame, 0, 20);
    assertThat(reader.next(envelope)).isFalse();
    reader.release();
    assertThat(reader.midFrame()).isTrue();
    reader.feed(frame, 20, frame.length - 20);
    assertThat(reader.next(envelope)).isTrue();
    assertThat(reader.midFrame()).isFalse();
  }

  @Test
  void aRaisedLimitHoldsForTheFrameBehind() throws Exception {
    FrameReader reader = new FrameReader(Limits.HELLO_FRAME);
    byte[] hello = frameOf(100);
    byte[] large = frameOf(Limits.HELLO_FRAME + 1);
    reader.feed(hello, 0, hello.length);
    reader.feed(large, 0, large.length);
    assertThat(reader.next(envelope)).isTrue();
    reader.limit(Limits.MAX_FRAME);
    assertThat(reader.next(envelope)).isTrue();
    assertThat(reader.frameBytes()).isEqualTo(large.length);
  }

  @Test
  void aLengthInPartsIsNoError() throws Exception {
    FrameReader reader = new FrameReader(Limits.HELLO_FRAME);
    for (byte b : EnvelopeCodecTest.hex("ffffff")) {
      reader.feed(new byte[] {b}, 0, 1);
      assertThat(reader.next(envelope)).isFalse();
      assertThat(reader.midFrame()).isTrue();
    }
  }

  @Test
  void aReaderWhoseFramesNobodyTakesDoesNotGrowForEver() {
    FrameReader reader = new FrameReader(Limits.MAX_FRAME);
    byte[] frames = frameOf(60);
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 1000; i++) {
                putAll(reader, frames);
              }
            })
        .isInstanceOf(IllegalStateException.class);
    assertThat(reader.capacity()).isEqualTo(16 << 10);
  }

  @Test
  void moreThanTheRoomCannotBeFilled() {
    FrameReader reader = new FrameReader(Limits.MAX_FRAME);
    int room = reader.space().remaining();
    assertThatThrownBy(() -> reader.filled(room + 1)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  /** A frame of N = {@code n}: a MESSAGE whose payload fills it. */
  private static byte[] frameOf(int n) {
    Envelope message = new Envelope().type(FrameType.MESSAGE);
    int length = n - EnvelopeCodec.headerSize(message, n);
    length = n - EnvelopeCodec.headerSize(message, length);
    byte[] payload = new byte[length];
    new Random(n).nextBytes(payload);
    byte[] frame = EnvelopeCodecTest.frame(message.payload(payload));
    assertThat(frame.length).isEqualTo(4 + n);
    return frame;
  }

  private static void putAll(FrameReader reader, byte[] bytes) {
    for (int at = 0; at < bytes.length; ) {
      at += put(reader, bytes, at, bytes.length - at);
    }
  }

  /** Puts up to {@code length} bytes, as a read from a socket does, and returns how many. */
  private static int put(FrameReader reader, byte[] bytes, int at, int length) {
    ByteBuffer space = reader.space();
    assertThat(space.hasRemaining()).isTrue();
    int count = Math.min(space.remaining(), Math.min(length, bytes.length - at));
    space.put(bytes, at, count);
    reader.filled(count);
    return count;
  }

  private void assertBadLength(FrameReader reader, Code code, String message) {
    assertThatThrownBy(() -> reader.next(envelope))
        .isInstanceOfSatisfying(
            WireException.class,
            e -> {
              assertThat(e.rule()).isEqualTo("F-2");
              assertThat(e.code()).isEqualTo(code.getNumber());
            })
        .hasMessage(message);
  }
}
