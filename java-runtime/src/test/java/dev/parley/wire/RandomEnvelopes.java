package dev.parley.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.parley.v1.Metadata;
import java.util.Random;
import java.util.Set;

/** Envelopes of every shape, as protobuf's own class, and their comparison with ours. */
final class RandomEnvelopes {
  private static final String[] TEXTS = {
    "", "a", "demo.v1.Greeter/Hello", "grüße", "\u0000", "\u07ff\u0800", "日本語", "😀", "\uffff\ufffd"
  };

  /** The types that may have {@code more}. */
  private static final Set<Integer> GOING_ON = Set.of(2, 3, 5);

  private RandomEnvelopes() {}

  /** An envelope that breaks no rule: it has a type, and no field is too long. */
  static dev.parley.v1.Envelope next(Random random) {
    dev.parley.v1.Envelope.Builder envelope = dev.parley.v1.Envelope.newBuilder();
    envelope.setTypeValue(random.nextInt(8) == 0 ? nonZero(random) : 1 + random.nextInt(11));
    if (random.nextBoolean()) {
      envelope.setId(number(random));
    }
    if (random.nextInt(4) == 0) {
      envelope.setSentBy(text(random, Limits.SENT_BY));
    }
    envelope.setSuccess(random.nextInt(4) == 0);
    if (random.nextBoolean()) {
      envelope.setName(text(random, Limits.NAME));
    }
    if (random.nextInt(4) == 0) {
      envelope.setTimeoutUs(number(random));
    }
    envelope.setOpen(random.nextInt(4) == 0);
    if (random.nextInt(4) == 0) {
      envelope.setCredit(number(random));
    }
    if (random.nextInt(4) == 0) {
      envelope.setFds((int) number(random));
    }
    if (random.nextInt(4) == 0) {
      int entries = 1 + random.nextInt(Limits.METADATA_ENTRIES);
      for (int i = 0; i < entries; i++) {
        envelope.addMetadata(
            Metadata.newBuilder()
                .setKey(text(random, Limits.METADATA_KEY))
                .setValue(bytes(random, 150)));
      }
    }
    if (random.nextInt(4) == 0) {
      envelope.setMissed(number(random));
    }
    if (random.nextBoolean()) {
      envelope.setPayload(bytes(random, random.nextInt(50) == 0 ? 70_000 : 300));
    }
    boolean goesOn = GOING_ON.contains(envelope.getTypeValue()) && !envelope.getPayload().isEmpty();
    envelope.setMore(goesOn && random.nextBoolean());
    return envelope.build();
  }

  private static int nonZero(Random random) {
    int number = (int) number(random);
    return number == 0 ? -1 : number;
  }

  /** A number whose size in bits is evenly spread, with the edges of every varint size. */
  static long number(Random random) {
    long number = random.nextLong() >>> random.nextInt(64);
    return switch (random.nextInt(6)) {
      case 0 -> Long.highestOneBit(number);
      case 1 -> Long.highestOneBit(number) - 1;
      default -> number;
    };
  }

  private static String text(Random random, int limit) {
    StringBuilder text = new StringBuilder();
    int parts = random.nextInt(random.nextInt(8) == 0 ? 60 : 4);
    for (int i = 0; i < parts; i++) {
      String longer = text + TEXTS[random.nextInt(TEXTS.length)];
      if (ByteString.copyFromUtf8(longer).size() <= limit) {
        text.setLength(0);
        text.append(longer);
      }
    }
    return text.toString();
  }

  private static ByteString bytes(Random random, int limit) {
    byte[] bytes = new byte[random.nextInt(limit)];
    random.nextBytes(bytes);
    return ByteString.copyFrom(bytes);
  }

  /** Our envelope with the same fields. */
  static Envelope ours(dev.parley.v1.Envelope theirs) {
    return new Envelope()
        .id(theirs.getId())
        .sentBy(theirs.getSentBy())
        .typeNumber(theirs.getTypeValue())
        .success(theirs.getSuccess())
        .name(theirs.getName())
        .timeoutMicros(theirs.getTimeoutUs())
        .open(theirs.getOpen())
        .more(theirs.getMore())
        .credit(theirs.getCredit())
        .fds(theirs.getFds())
        .metadata(theirs.getMetadataList())
        .missed(theirs.getMissed())
        .payload(theirs.getPayload().toByteArray());
  }

  static void assertSame(Envelope ours, dev.parley.v1.Envelope theirs) {
    assertThat(ours.id()).isEqualTo(theirs.getId());
    assertThat(ours.sentBy()).isEqualTo(theirs.getSentBy());
    assertThat(ours.typeNumber()).isEqualTo(theirs.getTypeValue());
    int number = theirs.getTypeValue();
    assertThat(ours.type())
        .isEqualTo(number < 1 || number > 11 ? null : FrameType.valueOf(theirs.getType().name()));
    assertThat(ours.success()).isEqualTo(theirs.getSuccess());
    assertThat(ours.name()).isEqualTo(theirs.getName());
    assertThat(ours.timeoutMicros()).isEqualTo(theirs.getTimeoutUs());
    assertThat(ours.open()).isEqualTo(theirs.getOpen());
    assertThat(ours.more()).isEqualTo(theirs.getMore());
    assertThat(ours.credit()).isEqualTo(saturated(theirs.getCredit()));
    assertThat(ours.fds()).isEqualTo(theirs.getFds());
    assertThat(ours.metadata()).hasSize(theirs.getMetadataCount());
    for (int i = 0; i < theirs.getMetadataCount(); i++) {
      // Entry by entry, for protobuf also keeps fields that it does not know.
      assertThat(ours.metadata().get(i).getKey()).isEqualTo(theirs.getMetadata(i).getKey());
      assertThat(ours.metadata().get(i).getValue()).isEqualTo(theirs.getMetadata(i).getValue());
    }
    assertThat(ours.missed()).isEqualTo(saturated(theirs.getMissed()));
    assertThat(payload(ours)).isEqualTo(theirs.getPayload().toByteArray());
  }

  static byte[] payload(Envelope envelope) {
    return envelope.copyPayload().toByteArray();
  }

  private static long saturated(long unsigned) {
    return unsigned < 0 ? Long.MAX_VALUE : unsigned;
  }
}
