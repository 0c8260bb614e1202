package dev.parley.connection;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.parley.v1.Code;
import dev.parley.v1.Hello;
import dev.parley.wire.Envelope;
import dev.parley.wire.FrameType;
import dev.parley.wire.Limits;
import dev.parley.wire.WireException;

/** The two HELLOs: what this side says, and what the peer's words come to (H-1 to H-3). */
final class Handshake {
  private Handshake() {}

  /**
   * What both sides have agreed on.
   *
   * @param maxFrame the largest frame that the peer reads
   * @param window what the peer takes on each call, and as events, before its first CREDIT
   * @param maxCalls how many calls the peer takes at once
   */
  record Agreed(
      String name,
      ByteString payload,
      int level,
      int maxFrame,
      long maxMessage,
      long window,
      int maxCalls) {
    /** Whether messages may be cut, streamed and counted: level 2. */
    boolean streams() {
      return level >= 2;
    }
  }

  /** This side's HELLO. */
  static Hello hello(Settings settings) {
    return Hello.newBuilder()
        .setVersion(Settings.VERSION)
        .setMinVersion(Settings.VERSION)
        .setLevel(Settings.LEVEL)
        .setMaxFrame(settings.maxFrame())
        .setMaxMessage(settings.maxMessage())
        .setWindow(settings.window())
        .setMaxCalls(settings.maxCalls())
        .setPayload(settings.payload())
        .build();
  }

  /** Reads the peer's first frame. */
  static Agreed read(Envelope envelope) throws WireException {
    if (envelope.type() != FrameType.HELLO) {
      throw internal("H-1", "the first frame is " + typeOf(envelope) + ", not HELLO");
    }
    Hello hello;
    try {
      hello = envelope.parse(Hello.parser());
    } catch (InvalidProtocolBufferException e) {
      throw internal("H-2", "the HELLO cannot be read: " + e.getMessage());
    }
    if (envelope.sentBy().isEmpty()) {
      throw internal("H-2", "the HELLO names nobody in sent_by");
    }
    int version = hello.getVersion() == 0 ? Settings.VERSION : hello.getVersion();
    int least = hello.getMinVersion() == 0 ? Settings.VERSION : hello.getMinVersion();
    if (Integer.compareUnsigned(version, Settings.VERSION) < 0
        || Integer.compareUnsigned(least, Settings.VERSION) > 0) {
      throw new WireException(
          "H-2",
          Code.FAILED_PRECONDITION,
          "the peer speaks versions "
              + Integer.toUnsignedString(least)
              + " to "
              + Integer.toUnsignedString(version)
              + ", this side "
              + Settings.VERSION);
    }
    if (hello.getPayload().size() > Limits.HELLO_PAYLOAD) {
      throw internal(
          "H-2",
          "HELLO payload of "
              + hello.getPayload().size()
              + " bytes is over the limit of "
              + Limits.HELLO_PAYLOAD);
    }
    long maxFrame = orDefault(Integer.toUnsignedLong(hello.getMaxFrame()), Limits.MAX_FRAME);
    if (maxFrame < Limits.LEAST_MAX_FRAME) {
      throw internal(
          "H-2", "max_frame of " + maxFrame + " is below the least of " + Limits.LEAST_MAX_FRAME);
    }
    long maxMessage = orDefault(hello.getMaxMessage(), Limits.MAX_MESSAGE);
    long window = orDefault(hello.getWindow(), Limits.WINDOW);
    long maxCalls = orDefault(Integer.toUnsignedLong(hello.getMaxCalls()), Limits.MAX_CALLS);
    return new Agreed(
        envelope.sentBy(),
        hello.getPayload(),
        Math.min(Settings.LEVEL, hello.getLevel() < 0 ? Integer.MAX_VALUE : hello.getLevel()),
        (int) Math.min(maxFrame, Integer.MAX_VALUE),
        maxMessage < 0 ? Long.MAX_VALUE : maxMessage,
        window < 0 ? Long.MAX_VALUE : window,
        (int) Math.min(maxCalls, Integer.MAX_VALUE));
  }

  private static long orDefault(long value, long ifZero) {
    return value == 0 ? ifZero : value;
  }

  private static String typeOf(Envelope envelope) {
    FrameType type = envelope.type();
    return type == null ? "of type " + envelope.typeNumber() : type.toString();
  }

  private static WireException internal(String rule, String text) {
    return new WireException(rule, Code.INTERNAL, text);
  }
}
