package dev.parley.connection;

/** What a thread waits for. */
public interface Awaited {
  /** Whether the wait has an end. Must not block. */
  boolean isOver();
}
