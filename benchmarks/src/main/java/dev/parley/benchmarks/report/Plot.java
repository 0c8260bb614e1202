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
  /** The labels of a horizontal axis. */
  enum Ticks {
    /** The number itself. */
    NUMBERS,
    /** Bytes. */
    SIZES,
    /** One in so many is slower: 10 is the ninetieth percentile. */
    PERCENTILES
  }

  /**
   * One contestant's.
   *
   * @param across rising
   * @param up as many
   */
  record Line(String name, List<Double> across, List<Double> up) {}
}
