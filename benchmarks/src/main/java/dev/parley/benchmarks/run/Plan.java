package dev.parley.benchmarks.run;

import java.util.List;

/**
 * How much is measured.
 *
 * @param quick whether only what the targets need is measured, briefly
 * @param rounds how often everybody gets a turn
 * @param millis how long a turn is, unless a row needs a longer one
 * @param sizes bytes of a message
 * @param inFlight messages on their way at once, from one thread
 * @param callers threads that make blocking calls at once
 * @param connections between one client and its server, the active one among them
 */
public record Plan(
    boolean quick,
    int rounds,
    int millis,
    List<Integer> sizes,
    List<Integer> inFlight,
    List<Integer> callers,
    List<Integer> connections) {
  /** The size of most rows. */
  public static final int SMALL = 64;

  public static final int MEBIBYTE = 1 << 20;

  /** Every target's figure, in a few minutes. */
  public static Plan briefly() {
    return new Plan(
        true,
        3,
        150,
        List.of(SMALL, 64 << 10, MEBIBYTE, 16 * MEBIBYTE),
        List.of(1, 256, 4096),
        List.of(1, 64),
        List.of(1, 1000, 10_000));
  }

  /** The axes with all their points, and turns that are long enough for a p99. */
  public static Plan fully() {
    return new Plan(
        false,
        5,
        1000,
        List.of(SMALL, 1 << 10, 4 << 10, 16 << 10, 64 << 10, 256 << 10, MEBIBYTE, 16 * MEBIBYTE),
        List.of(1, 4, 16, 64, 256, 1024, 4096),
        List.of(1, 4, 16, 64),
        List.of(1, 10, 100, 1000, 10_000));
  }

  public Plan withRounds(int others) {
    return new Plan(quick, others, millis, sizes, inFlight, callers, connections);
  }

  public Plan withMillis(int others) {
    return new Plan(quick, rounds, others, sizes, inFlight, callers, connections);
  }

  /** The length of a turn that a row needs to be so many times as long. */
  public int millisTimes(int factor) {
    return millis * factor;
  }
}
