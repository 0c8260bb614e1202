package dev.parley.rpc;

/** What an event's handler knows of it. */
public interface EventContext {
  /** Who sent it. */
  Peer peer();

  /** The name it was sent under. */
  String name();

  /** What came beside it. */
  Metadata metadata();
}
