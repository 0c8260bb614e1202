package dev.parley.benchmarks;

import java.util.ArrayList;
import java.util.List;

/**
 * How much is measured.
 *
 * @param sizes the bytes of a message; the first one is measured in every placement, the others
 *     apart
 * @param rounds how often everybody gets a turn
 * @param millis how long a turn is
 * @param quick whether JMH, too, runs as shortly as it can
 */
public record Plan(List<Integer> sizes, int rounds, int millis, boolean quick) {
  /** How many messages are on their way at once in the workload {@code throughput}. */
  public static final List<Integer> IN_FLIGHT = List.of(16, 256);

  /** What the messages on their way may hold together; a connection's own bound is not far off. */
  private static final long MOST_BYTES = 64L << 20;

  public static final List<Integer> SIZES = List.of(64, 4096, 1 << 20);

  /** Whether so many messages of this size may be on their way at once. */
  public static boolean isFeasible(int size, int inFlight) {
    return (long) size * inFlight <= MOST_BYTES;
  }

  /** The placements that a size is measured in, as far as this machine has them. */
  List<Placement> placements(int size, Cores cores) {
    List<Placement> wanted =
        size == sizes.get(0)
            ? List.of(Placement.APART, Placement.TOGETHER, Placement.FREE)
            : List.of(main(cores));
    List<Placement> had = new ArrayList<>(wanted);
    had.removeIf(placement -> !cores.obstacle(placement).isEmpty());
    return had;
  }

  /** The placement of whatever is measured in one placement only. */
  static Placement main(Cores cores) {
    return cores.obstacle(Placement.APART).isEmpty() ? Placement.APART : Placement.FREE;
  }
}
