package dev.parley.conformance.wire;

/** A peer that does not do what the case wants. Its message is for people. */
public final class Mismatch extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public Mismatch(String message) {
    super(message);
  }

  public Mismatch(String message, Throwable cause) {
    super(message, cause);
  }
}
