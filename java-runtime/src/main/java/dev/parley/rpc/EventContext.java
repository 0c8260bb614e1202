package dev.parley.rpc;

/** What an event's handler knows of it. */
public interface EventContext {
  /** Who sent it. */
  Peer peer();

  String name();

  Metadata metadata();
}
