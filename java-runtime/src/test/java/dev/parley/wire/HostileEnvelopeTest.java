package dev.parley.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.parley.v1.Code;
import dev.parley.v1.Metadata;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The codec against protobuf's own classes on bytes that no honest peer writes. */
class HostileEnvelopeTest {
  @Property(tries = 20_000)
  void mutatedEnvelopesReadAsProtobufReadsThem(@ForAll long seed) {
    Random random = new Random(seed);
    byte[] bytes = RandomEnvelopes.next(random).toByteArray();
    for (int i = random.nextInt(4); i >= 0; i--) {
      bytes = mutate(bytes, random);
    }
    assertAsProtobuf(bytes);
  }

  @Property(tries = 20_000)
  void randomBytesReadAsProtobufReadsThem(@ForAll long seed) {
    Random random = new Random(seed);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(new byte[] {0x18, 2});
    for (int i = random.nextInt(12); i > 0; i--) {
      // Tags of every known and some unknown fields with every wire type, then small values.
      bytes.write(random.nextInt(18) << 3 | random.nextInt(random.nextInt(4) == 0 ? 8 : 3));
      for (int j = random.nextInt(4); j > 0; j--) {
        bytes.write(random.nextInt(8) == 0 ? random.nextInt(256) : random.nextInt(6));
      }
    }
    assertAsProtobuf(bytes.toByteArray());
  }

  private static byte[] mutate(byte[] bytes, Random random) {
    if (bytes.length == 0) {
      return new byte[] {(byte) random.nextInt()};
    }
    int at = random.nextInt(bytes.length);
    int length = random.nextInt(Math.min(20, bytes.length - at) + 1);
    byte[] head = Arrays.copyOf(bytes, at);
    byte[] part = Arrays.copyOfRange(bytes, at, at + length);
    byte[] tail = Arrays.copyOfRange(bytes, at + length, bytes.length);
    return switch (random.nextInt(7)) {
      case 0 -> head;
      case 1 -> concat(head, tail);
      case 2 -> concat(head, part, part, tail);
      case 3 -> concat(head, part, new byte[] {(byte) random.nextInt()}, tail);
      case 4 -> concat(bytes, RandomEnvelopes.next(random).toByteArray());
      case 5 -> {
        // A run of continuation bytes: varints that never end, or end late.
        byte[] run = new byte[1 + random.nextInt(12)];
        Arrays.fill(run, (byte) (0x80 | random.nextInt(128)));
        yield concat(head, run, part, tail);
      }
      default -> {
        byte[] flipped = bytes.clone();
        flipped[at] ^= (byte) (1 << random.nextInt(8));
        yield flipped;
      }
    };
  }

  private static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private static void assertAsProtobuf(byte[] bytes) {
    dev.parley.v1.Envelope theirs = null;
    try {
      theirs = dev.parley.v1.Envelope.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      // Malformed, as protobuf sees it.
    }
    Envelope ours = new Envelope();
    try {
      EnvelopeCodec.decode(bytes, 0, bytes.length, ours);
    } catch (WireException e) {
      switch (e.rule()) {
        case "F-5" -> {
          if (theirs != null) {
            assertThat(Strictness.of(bytes).stricter).as(e.getMessage()).isTrue();
          }
        }
        case "F-7" -> assertThat(Strictness.of(bytes).tooLong).as(e.getMessage()).isTrue();
        case "F-9" ->
            assertThat(theirs)
                .isNotNull()
                .matches(t -> t.getMore() && (!goesOn(t) || t.getPayload().isEmpty()));
        case "F-8" -> assertThat(theirs).isNotNull().matches(t -> t.getTypeValue() == 0);
        default -> fail("unexpected: " + e.getMessage());
      }
      return;
    }
    if (theirs == null) {
      throw new AssertionError("protobuf calls it malformed: " + HexFormat.of().formatHex(bytes));
    }
    assertThat(Strictness.of(bytes).tooLong).isFalse();
    RandomEnvelopes.assertSame(ours, theirs);
  }

  private static boolean goesOn(dev.parley.v1.Envelope envelope) {
    return switch (envelope.getType()) {
      case REQUEST, MESSAGE, RESPONSE -> true;
      default -> false;
    };
  }

  /** The differences from protobuf that the rules name, found by a second, simple reading. */
  private static final class Strictness {
    boolean stricter;
    boolean tooLong;
    int entries;
    int metadataBytes;

    static Strictness of(byte[] bytes) {
      Strictness found = new Strictness();
      found.read(bytes, false);
      return found;
    }

    private void read(byte[] bytes, boolean inMetadata) {
      int at = 0;
      int key = 0;
      int value = 0;
      while (at < bytes.length) {
        int size = varintSize(bytes, at);
        if (size > 5) {
          stricter = true;
        }
        int tag = (int) varint(bytes, at);
        at += size;
        switch (tag & 7) {
          case 0 -> {
            size = varintSize(bytes, at);
            if (size > 10) {
              // Protobuf's Java reading takes a tenth byte for the last one even if it is not.
              stricter = true;
              return;
            }
            at += size;
          }
          case 1 -> at += 8;
          case 5 -> at += 4;
          case 2 -> {
            long length = varint(bytes, at);
            size = varintSize(bytes, at);
            stricter |= size > 5;
            at += size;
            if (length < 0 || length > bytes.length - at) {
              // Protobuf looks at 32 bits of a length, we at 64.
              stricter |= length != (int) length;
              return;
            }
            byte[] content = Arrays.copyOfRange(bytes, at, at + (int) length);
            at += (int) length;
            switch (inMetadata ? 100 + (tag >>> 3) : tag >>> 3) {
              case 2 -> tooLong |= length > 64;
              case 5 -> tooLong |= length > 255;
              case 11 -> {
                entries++;
                tooLong |= entries > 32;
                read(content, true);
              }
              case 101 -> {
                tooLong |= length > 64;
                key = (int) length;
              }
              case 102 -> value = (int) length;
              default -> {}
            }
          }
          default -> {
            stricter = true;
            return;
          }
        }
      }
      metadataBytes += key + value;
      tooLong |= metadataBytes > 8192;
    }

    private static int varintSize(byte[] bytes, int at) {
      int end = at;
      while (end < bytes.length && bytes[end] < 0) {
        end++;
      }
      return end + 1 - at;
    }

    private static long varint(byte[] bytes, int at) {
      long value = 0;
      for (int i = 0; at + i < bytes.length && i < 10; i++) {
        value |= (bytes[at + i] & 0x7fL) << (7 * i);
        if (bytes[at + i] >= 0) {
          break;
        }
      }
      return value;
    }
  }

  @Test
  void anEnvelopeCutAnywhereInsideAFieldIsMalformed() throws Exception {
    // Two fields, a long varint each: every cut inside is an error, both field ends are not.
    byte[] whole = EnvelopeCodecTest.hex("18 82808080808080808000 08 ffffffffffffffffff01");
    for (int length = 0; length <= whole.length; length++) {
      Envelope read = new Envelope();
      if (length == 0) {
        assertBroken(new byte[0], "F-8");
      } else if (length == 11 || length == 22) {
        EnvelopeCodec.decode(whole, 0, length, read);
        assertThat(read.type()).isEqualTo(FrameType.REQUEST);
        assertThat(read.id()).isEqualTo(length == 11 ? 0 : -1);
      } else {
        assertBroken(Arrays.copyOf(whole, length), "F-5");
      }
    }
  }

  @Test
  void everyCutOfARealEnvelopeReadsAsProtobufReadsIt() {
    byte[] whole =
        dev.parley.v1.Envelope.newBuilder()
            .setTypeValue(2)
            .setId(1L << 40)
            .setName("demo.v1.Greeter/Hello")
            .setTimeoutUs(2_000_000)
            .addMetadata(Metadata.newBuilder().setKey("é").setValue(ByteString.copyFromUtf8("v")))
            .setPayload(ByteString.copyFromUtf8("payload"))
            .build()
            .toByteArray();
    for (int length = 0; length <= whole.length; length++) {
      assertAsProtobuf(Arrays.copyOf(whole, length));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1802 08 ffffffffffffffffffff01", // a varint of 11 bytes
        "1802 08 ffffffffffffffffffff", // one that does not end, though protobuf's Java takes it
        "1802 00", // tag 0
        "1802 0001", // field number 0 as a varint
        "1802 0200", // field number 0 as bytes
        "1802 888080808000 05", // a tag of 6 bytes
        "1802 0b0c", // a group, even an empty one
        "1802 0c", // the end of a group
        "1802 0e", // wire type 6
        "1802 0f", // wire type 7
        "1802 7a05 01020304", // a payload that is one byte short
        "1802 7a8080808008", // a length of 2 GiB
        "1802 7a838080808001 010203", // a length of 2^35 + 3
        "1802 7affffffffffffffffff01", // a length of 2^64 - 1
        "1802 7a83808080800001020304", // a length of 6 bytes
        "1802 7a", // no length
        "1802 a106 01020304050607", // 64 bits, one byte short
        "1802 a506 010203", // 32 bits, one byte short
        "1802 2a02 c080", // overlong UTF-8
        "1802 2a03 eda080", // a surrogate in UTF-8
        "1802 2a04 f4908080", // over U+10FFFF
        "1802 2a01 80", // a continuation byte alone
        "1802 2a02 c3", // one byte short
        "1802 2a01 ff 2a0161", // bad UTF-8 in a name that a later one replaces
        "1802 1201 ff", // in sent_by
        "1802 5a03 0a01ff", // in a metadata key
        "1802 5a02 0a01", // a metadata key past its entry
        "1802 5a01 00", // tag 0 in metadata
        "1802 5a02 0b0c", // a group in metadata
        "1802 5a07 888080808000 05", // a long tag in metadata
      })
  void malformedBytesAreRefused(String hex) {
    assertBroken(EnvelopeCodecTest.hex(hex), "F-5");
  }

  @ParameterizedTest
  @CsvSource({
    "1802 0805 0806, 6", // twice: the last
    "1802 0805 0d01020304, 5", // id as 32 bits: skipped
    "1802 0805 091112131415161718, 5", // id as 64 bits: skipped
    "1802 0805 0a0106, 5", // id as bytes: skipped
    "1802 0805 a206020102, 5", // an unknown field of bytes
    "1802 0805 a00601, 5", // an unknown varint
    "1802 0805 a106 0102030405060708, 5", // an unknown 64-bit field
    "1802 888080800005, 5", // a tag of 5 bytes that one would do for
    "1802 888080807005, 5", // bits of a tag above 32 are dropped
    "1802 0885808080808080808000, 5", // a varint of 10 bytes that one would do for
    "1802 088580808080808080807e, 5", // bits above 64 are dropped
    "0805 7a838080800001020318 02, 5", // a length of 5 bytes that one would do for
    "0805 1882808080f0ffffff0f, 5", // a type of more than 32 bits: cut to 2
    "1800 1802 0805, 5", // a type that another replaces
    "2a00 7a00 1200 1802 0805, 5", // empty fields
  })
  void oddBytesReadAsProtobufReadsThem(String hex, long id) throws Exception {
    byte[] bytes = EnvelopeCodecTest.hex(hex);
    Envelope read = new Envelope();
    EnvelopeCodec.decode(bytes, 0, bytes.length, read);
    assertThat(read.id()).isEqualTo(id);
    assertThat(read.type()).isEqualTo(FrameType.REQUEST);
    RandomEnvelopes.assertSame(read, dev.parley.v1.Envelope.parseFrom(bytes));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1800", "0805", "1802 1800", "18 8080808010"})
  void anEnvelopeWithoutATypeIsRefused(String hex) {
    assertBroken(EnvelopeCodecTest.hex(hex), "F-8");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0801 1802 2a0161 4001", // REQUEST without payload
        "0801 1803 4001 7a00", // MESSAGE with an empty one
        "0801 1805 4001", // RESPONSE without payload
        "1801 4001 7a0161", // HELLO
        "1804 4001 7a0161", // END
        "1806 4001 7a0161", // CANCEL
        "1807 4001 7a0161", // CREDIT
        "1808 4001 7a0161", // EVENT
        "1809 4001 7a0161", // PING
        "180a 4001 7a0161", // PONG
        "180b 4001 7a0161", // GOAWAY
      })
  void moreWhereNothingFollowsIsRefused(String hex) {
    assertBroken(EnvelopeCodecTest.hex(hex), "F-9");
  }

  @Test
  void moreOnAnUnknownTypeIsIgnored() throws Exception {
    byte[] bytes = EnvelopeCodecTest.hex("180c 4001");
    Envelope read = new Envelope();
    EnvelopeCodec.decode(bytes, 0, bytes.length, read);
    assertThat(read.type()).isNull();
  }

  @Test
  void aPayloadNestedAHundredThousandDeepIsJustBytes() throws Exception {
    byte[] payload = new byte[200_000];
    for (int i = 0; i < payload.length; i += 2) {
      payload[i] = 0x0b; // the start of a group
      payload[i + 1] = 0x0a;
    }
    byte[] frame =
        EnvelopeCodecTest.frame(new Envelope().type(FrameType.REQUEST).id(1).payload(payload));
    Envelope read = new Envelope();
    EnvelopeCodec.decode(frame, 4, frame.length, read);
    assertThat(read.payloadLength()).isEqualTo(payload.length);
  }

  static void assertBroken(byte[] bytes, String rule) {
    assertThatThrownBy(() -> EnvelopeCodec.decode(bytes, 0, bytes.length, new Envelope()))
        .isInstanceOfSatisfying(
            WireException.class,
            e -> {
              assertThat(e.rule()).isEqualTo(rule);
              assertThat(e.code()).isEqualTo(Code.INTERNAL.getNumber());
              assertThat(e).hasMessageStartingWith(rule + ": ");
              assertThat(e.getStackTrace()).isEmpty();
            });
  }
}
