package dev.parley.connection;

import dev.parley.v1.Code;
import dev.parley.wire.Limits;
import dev.parley.wire.WireException;

/**
 * What a peer may still send, on one call or as events, and what is owed to it for what was
 * consumed or dropped (W-3). Guarded by the connection's lock.
 */
final class ReceiveWindow {
  /** Smaller grants than this part of the window wait for more, while anything waits. */
  private static final int LEAST_PART = 4;

  private final long start;
  private long left;
  private long owed;

  ReceiveWindow(long start) {
    this.start = start;
    this.left = start;
  }

  /**
   * A frame has come.
   *
   * @param begins whether it begins a message
   * @return its cost, to be given back once it is consumed or dropped
   */
  long arrived(int payload, boolean begins, String what) throws WireException {
    long cost = (long) payload + Limits.FRAME_COST;
    if (start < Limits.UNLIMITED_WINDOW) {
      if (begins && left <= 0) {
        throw new WireException(
            "W-4",
            Code.RESOURCE_EXHAUSTED,
            what + " began while the window of " + start + " was used up");
      }
      left -= cost;
    }
    return cost;
  }

  /**
   * Something has been consumed or dropped.
   *
   * @param idle whether nothing that has arrived waits to be consumed
   * @return what to grant now, at most that; 0: nothing yet
   */
  long consumed(long cost, boolean idle) {
    if (start >= Limits.UNLIMITED_WINDOW) {
      return 0;
    }
    owed += cost;
    if (left > start / 2 || !(idle || owed >= start / LEAST_PART)) {
      return 0;
    }
    long grant = owed;
    owed = 0;
    left += grant;
    return grant;
  }
}
