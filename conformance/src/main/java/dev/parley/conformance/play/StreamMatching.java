package dev.parley.conformance.play;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.TextFormat;
import dev.parley.conformance.program.Line;
import dev.parley.conformance.program.Tally;
import dev.parley.conformance.v1.ExpectedReply;
import dev.parley.conformance.v1.Many;
import dev.parley.conformance.v1.ReadMessages;
import dev.parley.conformance.v1.StreamBackExpected;
import dev.parley.conformance.v1.StreamBackResult;
import dev.parley.conformance.v1.StreamReply;
import dev.parley.conformance.wire.Mismatch;
import dev.parley.conformance.wire.Pieces;
import java.util.ArrayList;
import java.util.List;

/** Compares what was read of a stream with what a case wants of it. */
final class StreamMatching {
  private static final int MOST_SHOWN = 2000;

  private final ReadMessages wanted;
  private final int call;
  private final long before;

  /**
   * @param before how many messages of the call were read before
   */
  StreamMatching(ReadMessages wanted, int call, long before) {
    this.wanted = wanted;
    this.call = call;
    this.before = before;
  }

  /** How many messages a program is to read; 0: to the end. */
  static long toTake(ReadMessages step) {
    return step.getToEnd() || !step.getCode().isEmpty() ? 0 : count(step.getExpectList());
  }

  private static long count(List<ExpectedReply> expected) {
    return expected.stream().mapToLong(one -> Math.max(1, one.getTimes())).sum();
  }

  /** Whether the payloads are needed, or few enough to be shown. */
  static boolean wantsPayloads(ReadMessages step) {
    long shown = 0;
    for (ExpectedReply one : step.getExpectList()) {
      if (one.hasSaw() || one.hasStreamBack()) {
        return true;
      }
      shown += (one.getPayloadSize() + 40L) * Math.max(1, one.getTimes());
    }
    return shown < MOST_SHOWN;
  }

  /** Checks the answer of a program; how many messages it has read. */
  long check(Line answer) {
    if (!answer.verb().equals("messages")) {
      throw new Mismatch("reading call " + call + ": " + answer);
    }
    checkEnd(answer);
    long came = answer.number("count");
    long all = count(wanted.getExpectList());
    if (wanted.getPrefix() ? came > all : came != all) {
      throw new Mismatch(
          "call " + call + ": wanted " + all + " messages, came " + came + shown(answer));
    }
    if (answer.has("payloads")) {
      checkEach(answer);
    } else {
      Tally tally = tally(wanted.getExpectList(), before, came);
      if (!tally.digest().equals(answer.word("digest"))) {
        throw new Mismatch("call " + call + ": the " + came + " messages are others");
      }
    }
    return came;
  }

  private void checkEnd(Line answer) {
    String end = "more";
    if (!wanted.getCode().isEmpty()) {
      end = "failed";
    } else if (wanted.getToEnd()) {
      end = "end";
    }
    String came = answer.word("end");
    String failure = answer.word("code") + " " + answer.word("outcome");
    if (!came.equals(end)) {
      throw new Mismatch(
          "call "
              + call
              + ": wanted the reading to stop with "
              + end
              + ", it stopped behind "
              + answer.word("count")
              + " messages with "
              + came
              + " "
              + failure
              + " "
              + answer.text("message"));
    }
    if (!end.equals("failed")) {
      return;
    }
    String outcome = wanted.getOutcome().isEmpty() ? "REPLIED" : wanted.getOutcome();
    boolean codeFits =
        wanted.getCode().equals(answer.word("code"))
            || wanted.getOrCodeList().contains(answer.word("code"));
    boolean outcomeFits =
        outcome.equals(answer.word("outcome"))
            || wanted.getOrOutcomeList().contains(answer.word("outcome"));
    if (!codeFits || !outcomeFits) {
      throw new Mismatch(
          "call "
              + call
              + ": wanted the stream to fail with "
              + wanted.getCode()
              + " "
              + outcome
              + ", it failed with "
              + failure
              + " "
              + answer.text("message"));
    }
  }

  private static String shown(Line answer) {
    StringBuilder shown = new StringBuilder();
    for (ByteString payload : payloads(answer)) {
      shown.append("; ").append(text(parse(payload)));
    }
    return shown.toString();
  }

  private static List<ByteString> payloads(Line answer) {
    List<ByteString> payloads = new ArrayList<>();
    if (answer.number("count") > 0 && answer.has("payloads")) {
      for (String payload : answer.word("payloads").split(",", -1)) {
        payloads.add(Line.bytesOf(payload));
      }
    }
    return payloads;
  }

  private void checkEach(Line answer) {
    long number = before;
    List<ByteString> payloads = payloads(answer);
    for (ExpectedReply one : wanted.getExpectList()) {
      for (int time = 0; time < Math.max(1, one.getTimes()); time++) {
        int index = (int) (number - before);
        if (index == payloads.size()) {
          return;
        }
        checkOne(one, ++number, parse(payloads.get(index)));
      }
    }
  }

  private static void checkOne(ExpectedReply wanted, long number, StreamReply came) {
    if (wanted.hasSaw()) {
      SawMatching.check(wanted.getSaw(), Many.getDefaultInstance(), came.getSaw());
    }
    if (wanted.hasStreamBack()) {
      check(wanted.getStreamBack(), came.getStreamBack());
    }
    StreamReply.Builder rest = came.toBuilder();
    if (wanted.hasSaw()) {
      rest.clearSaw();
    }
    if (wanted.hasStreamBack()) {
      rest.clearStreamBack();
    }
    if (!rest.build().equals(reply(wanted, number))) {
      throw new Mismatch("wanted message " + text(reply(wanted, number)) + ", came " + text(came));
    }
  }

  static void check(StreamBackExpected wanted, StreamBackResult came) {
    String outcome = wanted.getOutcome().isEmpty() ? "REPLIED" : wanted.getOutcome();
    if (wanted.getClosed()) {
      outcome = "";
    }
    boolean right =
        outcome.equals(came.getOutcome())
            && wanted.getCode() == came.getCode()
            && wanted.getTaken() == came.getReply().getTaken().getCount()
            && wanted.getReply().equals(came.getReply().toBuilder().clearTaken().build());
    if (right && !wanted.hasReply()) {
      long count = count(wanted.getRepliesList());
      right = tally(wanted.getRepliesList(), 0, count).taken().equals(came.getTaken());
    }
    if (!right) {
      throw new Mismatch("wanted a stream back " + text(wanted) + ", came " + text(came));
    }
  }

  /** The first {@code most} of those messages. */
  private static Tally tally(List<ExpectedReply> expected, long before, long most) {
    Tally tally = new Tally();
    for (ExpectedReply one : expected) {
      for (int time = 0; time < Math.max(1, one.getTimes()) && tally.count() < most; time++) {
        tally.add(reply(one, before + tally.count() + 1).toByteString());
      }
    }
    return tally;
  }

  private static StreamReply reply(ExpectedReply wanted, long number) {
    return StreamReply.newBuilder()
        .setNumber(number)
        .setText(wanted.getText())
        .setPayload(Pieces.pattern(wanted.getPayloadSize()))
        .build();
  }

  private static StreamReply parse(ByteString payload) {
    try {
      return StreamReply.parseFrom(payload);
    } catch (InvalidProtocolBufferException e) {
      throw new Mismatch("a message does not parse: " + Line.hex(payload), e);
    }
  }

  private static String text(com.google.protobuf.Message message) {
    String text = TextFormat.printer().emittingSingleLine(true).printToString(message);
    return text.length() > 400 ? text.substring(0, 400) + "..." : text;
  }
}
