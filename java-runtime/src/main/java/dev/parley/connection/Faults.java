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

  /** A message over what its receiver puts together (C-11). */
  static Status tooLarge(String what, long size, long limit) {
    return of(
        Code.RESOURCE_EXHAUSTED,
        "C-11: " + what + " of " + size + " bytes is over the limit of " + limit);
  }

  /** A message that does not fit one frame, where nothing may be cut. */
  static Status tooLargeForAFrame(String what, long size, long limit) {
    return of(
        Code.RESOURCE_EXHAUSTED,
        "F-2: " + what + " of " + size + " bytes does not fit a frame of at most " + limit);
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
