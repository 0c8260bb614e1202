package dev.parley.conformance.play;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.TextFormat;
import dev.parley.conformance.program.Line;
import dev.parley.conformance.program.Tally;
import dev.parley.conformance.v1.CallBackExpected;
import dev.parley.conformance.v1.CallBackResult;
import dev.parley.conformance.v1.Result;
import dev.parley.conformance.v1.Taken;
import dev.parley.conformance.v1.UnaryReply;
import dev.parley.conformance.wire.Mismatch;
import dev.parley.conformance.wire.Pieces;
import dev.parley.v1.Code;
import java.util.List;

/** Compares how a call ended with what a case wants of it. */
final class ResultMatching {
  private final Result wanted;
  private final Line line;

  private final List<ByteString> sent;

  private ResultMatching(Result wanted, Line line, List<ByteString> sent) {
    this.wanted = wanted;
    this.line = line;
    this.sent = sent;
  }

  /**
   * @param sent the messages that the case had sent on the call
   */
  static void check(Result wanted, Line line, List<ByteString> sent) {
    ResultMatching matching = new ResultMatching(wanted, line, sent);
    try {
      matching.check();
    } catch (InvalidProtocolBufferException e) {
      throw new Mismatch("the reply does not parse: " + line, e);
    }
  }

  private void check() throws InvalidProtocolBufferException {
    same("verb", "result", line.verb());
    String code = wanted.getCode().isEmpty() ? "OK" : wanted.getCode();
    String outcome = wanted.getOutcome().isEmpty() ? "REPLIED" : wanted.getOutcome();
    if (!wanted.getOrCodeList().contains(line.word("code"))) {
      same("code", code, line.word("code"));
    }
    if (!wanted.getOrOutcomeList().contains(line.word("outcome"))) {
      same("outcome", outcome, line.word("outcome"));
    }
    same("metadata", Scope.text(wanted.getMetadataList()), line.word("metadata"));
    if (line.word("code").equals("OK")) {
      checkReply();
    } else {
      checkFailure(line.word("code"));
    }
  }

  private void checkFailure(String code) {
    int number = wanted.getNumber() == 0 ? Code.valueOf(code).getNumber() : wanted.getNumber();
    if (number >= 0) {
      same("number", Integer.toString(number), line.word("number"));
    }
    if (wanted.hasMessage()) {
      same("message", wanted.getMessage(), line.text("message"));
    }
    if (!line.text("message").contains(wanted.getMessageHas())) {
      throw mismatch("a message with", wanted.getMessageHas(), line.text("message"));
    }
    if (!wanted.getMessageLacks().isEmpty()
        && line.text("message").contains(wanted.getMessageLacks())) {
      throw mismatch("a message without", wanted.getMessageLacks(), line.text("message"));
    }
    List<String> details =
        wanted.getDetailsList().stream()
            .map(detail -> Line.hex(detail.getTypeUrlBytes()) + ":" + Line.hex(detail.getValue()))
            .toList();
    same("details", String.join(",", details), line.word("details"));
  }

  private void checkReply() throws InvalidProtocolBufferException {
    UnaryReply reply = UnaryReply.parseFrom(line.bytes("payload"));
    for (int depth = 0; depth < wanted.getCallBackDepth(); depth++) {
      same("outcome of a call back", "REPLIED", reply.getCallBack().getOutcome());
      reply = UnaryReply.parseFrom(reply.getCallBack().getPayload());
    }
    if (wanted.hasSaw()) {
      SawMatching.check(wanted.getSaw(), wanted.getSawMany(), reply.getSaw());
    }
    UnaryReply.Builder rest = reply.toBuilder().clearSaw().clearTaken();
    if (wanted.getTakenAll() || wanted.hasTaken()) {
      checkTaken(reply.getTaken());
    }
    if (wanted.hasStreamBack()) {
      StreamMatching.check(wanted.getStreamBack(), reply.getStreamBack());
      rest.clearStreamBack();
    }
    if (wanted.hasCallBack()) {
      checkCallBack(wanted.getCallBack(), reply.getCallBack());
      rest.clearCallBack();
    }
    if (wanted.getPayloadSize() > 0) {
      if (!reply.getPayload().equals(Pieces.pattern(wanted.getPayloadSize()))) {
        throw mismatch(
            "payload", wanted.getPayloadSize() + " bytes", reply.getPayload().size() + " bytes");
      }
      rest.clearPayload();
    }
    if (!rest.build().equals(wanted.getReply())) {
      throw mismatch("reply", text(wanted.getReply()), text(rest.build()));
    }
  }

  private void checkCallBack(CallBackExpected wanted, CallBackResult came)
      throws InvalidProtocolBufferException {
    if (wanted.getOrOutcome().isEmpty() || !wanted.getOrOutcome().equals(came.getOutcome())) {
      same(
          "outcome of the call back",
          wanted.getOutcome().isEmpty() ? "REPLIED" : wanted.getOutcome(),
          came.getOutcome());
    }
    same(
        "code of the call back",
        Integer.toString(wanted.getCode()),
        Integer.toString(came.getCode()));
    UnaryReply reply = UnaryReply.parseFrom(came.getPayload()).toBuilder().clearSaw().build();
    if (!reply.equals(wanted.getReply())) {
      throw mismatch("reply to the call back", text(wanted.getReply()), text(reply));
    }
  }

  private void checkTaken(Taken came) {
    int count = wanted.getTakenAll() ? sent.size() : wanted.getTaken();
    Tally tally = new Tally();
    sent.subList(0, count).forEach(tally::add);
    if (!tally.taken().equals(came)) {
      throw mismatch("messages read", text(tally.taken()), text(came));
    }
  }

  private static String text(com.google.protobuf.Message message) {
    String text = TextFormat.printer().emittingSingleLine(true).printToString(message);
    return text.length() > 400 ? text.substring(0, 400) + "..." : text;
  }

  private void same(String what, String wanted, String came) {
    if (!wanted.equals(came)) {
      throw mismatch(what, wanted, came);
    }
  }

  private Mismatch mismatch(String what, String wanted, String came) {
    String about = line.has("message") ? " (" + line.text("message") + ")" : "";
    return new Mismatch(
        "call "
            + this.wanted.getCall()
            + ": wanted "
            + what
            + " "
            + wanted
            + ", came "
            + came
            + about);
  }
}
