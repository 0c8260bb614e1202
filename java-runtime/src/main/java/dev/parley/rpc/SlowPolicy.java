package dev.parley.rpc;

/** What becomes of publications for a subscriber that does not keep up (T-3). */
public enum SlowPolicy {
  /** Those that have waited longest are dropped: the subscriber gets the newest. */
  DROP_OLDEST,
  /** The new one is dropped: the subscriber gets what it would have got, until it has caught up. */
  DROP_NEWEST,
  /** The subscription fails, RESOURCE_EXHAUSTED. */
  DISCONNECT
}
