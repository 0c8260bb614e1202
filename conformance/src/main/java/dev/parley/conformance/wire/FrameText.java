package dev.parley.conformance.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.TextFormat;
import dev.parley.v1.Envelope;
import dev.parley.v1.Envelope.Type;
import dev.parley.v1.GoAway;
import dev.parley.v1.Hello;
import dev.parley.v1.Status;

/** Frames as one line of text, for the trace that a failure shows. */
final class FrameText {
  private static final int SHOWN = 32;

  private FrameText() {}

  static String of(Envelope envelope, int size) {
    StringBuilder line = new StringBuilder();
    line.append(envelope.getType()).append(' ').append(Long.toUnsignedString(envelope.getId()));
    if (envelope.getType() == Type.UNRECOGNIZED) {
      line.append(" type=").append(envelope.getTypeValue());
    }
    if (!envelope.getSentBy().isEmpty()) {
      line.append(" sent_by=").append(shortened(envelope.getSentBy()));
    }
    if (!envelope.getName().isEmpty()) {
      line.append(" name=").append(shortened(envelope.getName()));
    }
    if (envelope.getTimeoutUs() != 0) {
      line.append(" timeout_us=").append(Long.toUnsignedString(envelope.getTimeoutUs()));
    }
    if (envelope.getOpen()) {
      line.append(" open");
    }
    if (envelope.getMore()) {
      line.append(" more");
    }
    if (envelope.getSuccess()) {
      line.append(" success");
    }
    if (envelope.getMetadataCount() > 0) {
      line.append(" metadata=").append(envelope.getMetadataCount());
    }
    line.append(payload(envelope)).append("  (").append(size).append(" bytes)");
    return line.toString();
  }

  private static String payload(Envelope envelope) {
    ByteString payload = envelope.getPayload();
    try {
      if (envelope.getType() == Type.HELLO) {
        return " {" + text(Hello.parseFrom(payload)) + "}";
      }
      if (envelope.getType() == Type.GOAWAY) {
        return " {" + text(GoAway.parseFrom(payload)) + "}";
      }
      if (envelope.getType() == Type.RESPONSE && !envelope.getSuccess()) {
        return " {" + text(Status.parseFrom(payload)) + "}";
      }
    } catch (InvalidProtocolBufferException e) {
      return " payload that does not parse: " + e.getMessage();
    }
    if (payload.isEmpty()) {
      return "";
    }
    return " payload="
        + TextFormat.escapeBytes(payload.substring(0, Math.min(SHOWN, payload.size())))
        + (payload.size() > SHOWN ? "... " + payload.size() : "");
  }

  private static String text(com.google.protobuf.Message message) {
    return TextFormat.printer().emittingSingleLine(true).printToString(message).strip();
  }

  private static String shortened(String text) {
    String escaped = TextFormat.escapeBytes(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    return escaped.length() > 80 ? escaped.substring(0, 80) + "..." : escaped;
  }
}
