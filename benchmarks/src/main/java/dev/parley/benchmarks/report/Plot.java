package dev.parley.benchmarks.report;

import java.util.List;

/**
 * Lines over an axis, both axes logarithmic.
 *
 * @param file the name of its file, without an ending
 * @param title what it shows
 * @param across what its horizontal axis shows
 * @param up what its vertical axis shows
 * @param ticks how the horizontal axis is labelled
 * @param lines at least one
 */
record Plot(String file, String title, String across, String up, Ticks ticks, List<Line> lines) {
  /** Where a horizontal axis has its ticks, and how they are labelled. */
  enum Ticks {
    /** A number, at each power of four. */
    FOURFOLD(4),
    /** A number, at each power of ten. */
    TENFOLD(10),
    /** Bytes, at each power of four. */
    SIZES(4),
    /** One in so many is slower: 10 is the ninetieth percentile. */
    PERCENTILES(10);

    private final int base;

    Ticks(int base) {
      this.base = base;
    }

    /** The ticks are at its powers. */
    int base() {
      return base;
    }
  }

  /**
   * One contestant's.
   *
   * @param across rising
   * @param up as many
   */
  record Line(String name, List<Double> across, List<Double> up) {}
}
