package dev.parley.wire;

import dev.parley.v1.Code;

/**
 * Bytes that break a rule of the protocol, so that the connection must close. The message begins
 * with the rule: {@code F-2: frame of 5000000 bytes is over the limit of 4194304}.
 *
 * <p>It says what a peer did, not where this program went wrong: it has no stack trace.
 */
public final class WireException extends Exception {
  private static final long serialVersionUID = 1;

  private final String rule;
  private final int code;

  /**
   * @param rule the broken rule's number, as {@code F-2}
   * @param code what the GOAWAY says
   * @param text what was wanted, what came and where
   */
  public WireException(String rule, Code code, String text) {
    super(rule + ": " + text, null, false, false);
    this.rule = rule;
    this.code = code.getNumber();
  }

  /** The broken rule's number, as {@code F-2}. */
  public String rule() {
    return rule;
  }

  /** The number of a {@link Code}: what the GOAWAY's Status says. */
  public int code() {
    return code;
  }
}
