package dev.parley.conformance.wire;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.TextFormat;
import dev.parley.conformance.v1.FrameMatch;
import dev.parley.conformance.v1.HelloMatch;
import dev.parley.conformance.v1.StreamReply;
import dev.parley.conformance.v1.UnaryReply;
import dev.parley.v1.Envelope;
import dev.parley.v1.Envelope.Type;
import dev.parley.v1.GoAway;
import dev.parley.v1.Hello;
import dev.parley.v1.Publication;
import dev.parley.v1.Status;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Compares a frame with what a case wants of it. */
public final class FrameMatching {
  private FrameMatching() {}

  public static String text(FrameMatch wanted) {
    return TextFormat.printer().emittingSingleLine(true).printToString(wanted).strip();
  }

  public static boolean matches(FrameMatch wanted, Received what) {
    return difference(wanted, what) == null;
  }

  /** What is wrong with the frame; null: nothing. */
  public static @Nullable String difference(FrameMatch wanted, Received what) {
    Envelope envelope = what.envelope();
    if (envelope == null) {
      return "it is " + what;
    }
    if (wanted.getType() != Type.UNSPECIFIED && envelope.getType() != wanted.getType()) {
      return "its type is " + envelope.getType();
    }
    if (wanted.hasId() && envelope.getId() != wanted.getId()) {
      return "its id is " + Long.toUnsignedString(envelope.getId());
    }
    if (wanted.hasSuccess() && envelope.getSuccess() != wanted.getSuccess()) {
      return "its success is " + envelope.getSuccess();
    }
    if (wanted.hasMore() && envelope.getMore() != wanted.getMore()) {
      return "its more is " + envelope.getMore();
    }
    if (wanted.hasOpen() && envelope.getOpen() != wanted.getOpen()) {
      return "its open is " + envelope.getOpen();
    }
    if (wanted.hasName() && !envelope.getName().equals(wanted.getName())) {
      return "its name is " + envelope.getName();
    }
    if (wanted.hasSentBy() && !envelope.getSentBy().equals(wanted.getSentBy())) {
      return "its sent_by is " + envelope.getSentBy();
    }
    if (wanted.hasMissed() && envelope.getMissed() != wanted.getMissed()) {
      return "its missed is " + Long.toUnsignedString(envelope.getMissed());
    }
    if (wanted.hasTimeout() && (envelope.getTimeoutUs() != 0) != wanted.getTimeout()) {
      return "its timeout_us is " + Long.toUnsignedString(envelope.getTimeoutUs());
    }
    try {
      return payloadDifference(wanted, envelope);
    } catch (InvalidProtocolBufferException e) {
      return "its payload does not parse: " + e.getMessage();
    }
  }

  private static @Nullable String payloadDifference(FrameMatch wanted, Envelope envelope)
      throws InvalidProtocolBufferException {
    if (wanted.hasReply()
        && !UnaryReply.parseFrom(envelope.getPayload()).equals(wanted.getReply())) {
      return "its reply is another";
    }
    if (wanted.hasStreamReply()
        && !StreamReply.parseFrom(envelope.getPayload()).equals(wanted.getStreamReply())) {
      return "its message is another";
    }
    if (wanted.hasPublished()
        && !Publication.parseFrom(envelope.getPayload())
            .getPayload()
            .equals(wanted.getPublished())) {
      return "what was published is another";
    }
    if (wanted.hasHello()) {
      String difference =
          helloDifference(wanted.getHello(), Hello.parseFrom(envelope.getPayload()));
      if (difference != null) {
        return difference;
      }
    }
    boolean aboutStatus =
        wanted.hasCode()
            || wanted.hasNotRun()
            || wanted.getRulesCount() > 0
            || !wanted.getMessageHas().isEmpty();
    if (!aboutStatus) {
      return null;
    }
    Status status = status(envelope);
    if (wanted.hasCode() && status.getCode() != wanted.getCode()) {
      return "its code is " + status.getCode() + " (" + status.getMessage() + ")";
    }
    if (wanted.hasNotRun() && status.getNotRun() != wanted.getNotRun()) {
      return "its not_run is " + status.getNotRun();
    }
    if (!status.getMessage().contains(wanted.getMessageHas())) {
      return "its message is: " + status.getMessage();
    }
    return ruleDifference(wanted.getRulesList(), status);
  }

  /** Whether the message names one of the rules first. */
  static @Nullable String ruleDifference(List<String> rules, Status status) {
    if (rules.isEmpty()
        || rules.stream().anyMatch(rule -> status.getMessage().startsWith(rule + ": "))) {
      return null;
    }
    return "its message does not begin with " + rules + ": " + status.getMessage();
  }

  /** The status in a RESPONSE that failed, or in a GOAWAY. */
  static Status status(Envelope envelope) throws InvalidProtocolBufferException {
    return envelope.getType() == Type.GOAWAY
        ? GoAway.parseFrom(envelope.getPayload()).getStatus()
        : Status.parseFrom(envelope.getPayload());
  }

  private static @Nullable String helloDifference(HelloMatch wanted, Hello hello) {
    if (wanted.getVersion() != 0 && hello.getVersion() != wanted.getVersion()) {
      return "its version is " + hello.getVersion();
    }
    if (wanted.getMinVersion() != 0 && hello.getMinVersion() != wanted.getMinVersion()) {
      return "its min_version is " + hello.getMinVersion();
    }
    if (wanted.getLevelAtMost() != 0 && hello.getLevel() > wanted.getLevelAtMost()) {
      return "its level is " + hello.getLevel();
    }
    if (wanted.hasMaxFrame() && hello.getMaxFrame() != wanted.getMaxFrame()) {
      return "its max_frame is " + hello.getMaxFrame();
    }
    if (wanted.hasPayload() && !hello.getPayload().equals(wanted.getPayload())) {
      return "its payload is another";
    }
    return null;
  }
}
