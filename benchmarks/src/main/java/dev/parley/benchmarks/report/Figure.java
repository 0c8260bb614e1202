package dev.parley.benchmarks.report;

import java.util.Map;

/**
 * One number that was measured.
 *
 * @param name what it is; its end says the unit, as PROGRAMS.md has it
 * @param value the median of the rounds; of a maximum, the greatest
 * @param ratios the median of the rounds' ratios to the same figure of others, by their names. Of a
 *     time, below 1 is better than theirs; of a rate, above 1
 */
public record Figure(String name, double value, Map<String, Double> ratios) {
  /** A figure that is compared with nobody's. */
  public static Figure of(String name, double value) {
    return new Figure(name, value, Map.of());
  }

  public String unit() {
    if (name.endsWith("bytes_per_second")) {
      return "B/s";
    }
    if (name.endsWith("_per_second")) {
      return "1/s";
    }
    if (name.endsWith("_ns")) {
      return "ns";
    }
    if (name.contains("bytes")) {
      return "B";
    }
    if (name.endsWith("percent")) {
      return "%";
    }
    return name.equals("seconds") ? "s" : "1";
  }

  /** The ratio to somebody's; NaN if there is none. */
  public double ratio(String base) {
    return ratios.getOrDefault(base, Double.NaN);
  }
}
