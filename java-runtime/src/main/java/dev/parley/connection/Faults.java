package dev.parley.connection;

import dev.parley.v1.Code;
import dev.parley.v1.Status;

/**
 * The statuses that this package makes, in one manner: code, and a text that begins with a rule.
 */
final class Faults {
  private Faults() {}

  static Status of(Code code, String message) {
    return Status.newBuilder().setCode(code.getNumber()).setMessage(message).build();
  }

  static Status of(int code, String message) {
    return Status.newBuilder().setCode(code).setMessage(message).build();
  }

  /** A status in words, for the text of another. */
  static String text(Status status) {
    Code code = Code.forNumber(status.getCode());
    return (code == null ? "code " + status.getCode() : code) + ": " + status.getMessage();
  }

  /** A status that says that the handler did not run and will not (C-10). */
  static Status notRun(Code code, String message) {
    return Status.newBuilder()
        .setCode(code.getNumber())
        .setMessage(message)
        .setNotRun(true)
        .build();
  }
}
