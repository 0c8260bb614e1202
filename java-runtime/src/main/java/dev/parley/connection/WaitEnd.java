package dev.parley.connection;

/** How a wait has ended. */
public enum WaitEnd {
  /** What was waited for is there. */
  OVER,
  TIME_UP,
  /** The thread was interrupted; its flag stands. */
  INTERRUPTED
}
