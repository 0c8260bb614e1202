package dev.parley.rpc.runtime;

/**
 * Whether a piece of user code may begin on the thread that reads: not for a while after it has
 * held that up. Safe for use by many threads; a count that is lost in a race does no harm.
 */
final class Pace {
  /** So many short runs elsewhere make up for one that was long. */
  private static final int RUNS = 64;

  private static final long SHORT_NANOS = 200_000;

  private volatile int runsLeft;

  boolean isQuick() {
    return runsLeft == 0;
  }

  /** It ran for long, or waited, on the thread that reads. */
  void heldUp() {
    runsLeft = RUNS;
  }

  /** It ran elsewhere. */
  void ran(long nanos) {
    int left = runsLeft;
    if (nanos > SHORT_NANOS) {
      runsLeft = RUNS;
    } else if (left > 0) {
      runsLeft = left - 1;
    }
  }
}
