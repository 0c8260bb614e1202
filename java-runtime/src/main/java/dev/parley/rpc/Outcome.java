package dev.parley.rpc;

/** What is known, when a call fails, of whether its handler ran. */
public enum Outcome {
  /**
   * The peer's answer arrived whole: the handler ran and failed, or the peer said why it would not.
   */
  REPLIED,
  /** No byte of the request reached the kernel. */
  NOT_SENT,
  /** The peer says that the handler did not run and will not. */
  REJECTED,
  /** The request was sent and no answer came: the handler ran once or not at all. */
  UNKNOWN
}
