package dev.parley.conformance.wire;

import org.jspecify.annotations.Nullable;

/** A window as a referee counts it: what a side may send before it is granted more (W-1 to W-3). */
final class RefereedWindow {
  private static final long DEFAULT = 256 << 10;
  private static final long UNLIMITED = 1L << 62;
  private static final int COST = 64;

  private final boolean counted;
  private long left;

  /**
   * @param announced as HELLO says it; 0: the default
   */
  RefereedWindow(long announced) {
    counted = announced >= 0 && announced < UNLIMITED;
    left = announced == 0 ? DEFAULT : announced;
  }

  /** A frame of a message; a foul, or null. */
  @Nullable String spend(int payload, boolean begins) {
    if (counted && begins && left <= 0) {
      return "W-2: a message begun at a window of " + left;
    }
    left -= counted ? payload + COST : 0;
    return null;
  }

  void grant(long bytes) {
    left = left > Long.MAX_VALUE - bytes ? Long.MAX_VALUE : left + bytes;
  }
}
