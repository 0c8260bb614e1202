package dev.parley.conformance.play;

import dev.parley.conformance.program.Line;
import dev.parley.conformance.v1.Failure;
import dev.parley.conformance.wire.Mismatch;

/** Compares the answer to a command with the failure that a case wants. */
final class Failures {
  private Failures() {}

  static void check(Failure wanted, Line answer) {
    boolean right =
        answer.verb().equals("failed")
            && (wanted.getCode().isEmpty() || wanted.getCode().equals(answer.word("code")))
            && (wanted.getOutcome().isEmpty() || wanted.getOutcome().equals(answer.word("outcome")))
            && answer.text("message").contains(wanted.getMessageHas());
    if (!right) {
      throw new Mismatch(
          "wanted a failure "
              + wanted.getCode()
              + " "
              + wanted.getOutcome()
              + " with '"
              + wanted.getMessageHas()
              + "', came "
              + answer.verb()
              + " "
              + answer.word("code")
              + " "
              + answer.word("outcome")
              + " '"
              + answer.text("message")
              + "'");
    }
  }
}
