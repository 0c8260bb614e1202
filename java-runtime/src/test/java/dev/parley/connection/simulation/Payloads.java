package dev.parley.connection.simulation;

import com.google.protobuf.ByteString;
import com.google.protobuf.BytesValue;
import com.google.protobuf.UnsafeByteOperations;
import dev.parley.wire.Envelope;
import java.util.Random;

/**
 * Messages of any size whose bytes follow from who sends them, so that whoever gets one knows
 * whether it is whole, in order, and meant for them.
 */
final class Payloads {
  private static final byte[] NOISE = new byte[2 << 20];

  static {
    new Random(1).nextBytes(NOISE);
  }

  private Payloads() {}

  /** The message with this number that {@code sender} sends for {@code nonce}. */
  static BytesValue of(long nonce, String sender, int number, int size) {
    return BytesValue.of(bytes(nonce, sender, number, size));
  }

  /** Whether an envelope's payload is that message. */
  static boolean is(Envelope envelope, long nonce, String sender, int number, int size) {
    return envelope.copyPayload().equals(of(nonce, sender, number, size).toByteString());
  }

  private static ByteString bytes(long nonce, String sender, int number, int size) {
    long mixed = (nonce * 31 + sender.hashCode()) * 31 + number;
    mixed *= 0x9E3779B97F4A7C15L;
    int from = (int) ((mixed >>> 33) % (NOISE.length - size));
    return UnsafeByteOperations.unsafeWrap(NOISE, from, size);
  }
}
