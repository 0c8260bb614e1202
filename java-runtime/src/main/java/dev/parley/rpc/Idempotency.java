package dev.parley.rpc;

/**
 * What running a method twice does, as {@code option idempotency_level} of its {@code .proto} says.
 * It decides whether a call whose outcome is UNKNOWN may be retried unasked.
 */
public enum Idempotency {
  /** Nothing is said: a second run may do harm. */
  UNKNOWN,
  /** The method changes nothing. */
  NO_SIDE_EFFECTS,
  /** A second run leaves things as the first one did. */
  IDEMPOTENT
}
