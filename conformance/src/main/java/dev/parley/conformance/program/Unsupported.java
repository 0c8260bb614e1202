package dev.parley.conformance.program;

/** A peer program that does not offer what a case needs: the case is skipped. */
public final class Unsupported extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public Unsupported(String message) {
    super(message);
  }
}
