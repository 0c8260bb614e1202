package dev.parley.connection;

/** What became of a message that was offered to a call. */
public enum Offer {
  /** It is on its way. */
  TAKEN,
  /** There is no room now; whoever offered is told when there may be. */
  NO_ROOM,
  /** The call takes no more messages. */
  OVER
}
