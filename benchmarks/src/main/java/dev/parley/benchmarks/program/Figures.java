package dev.parley.benchmarks.program;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** The figures of an answer, by name. Immutable. */
final class Figures {
  static final Figures NONE = new Figures(Map.of());

  private final Map<String, Double> byName;

  private Figures(Map<String, Double> byName) {
    this.byName = byName;
  }

  static Figures of(String name, double value) {
    return new Figures(Map.of(name, value));
  }

  static Figures of(String name, long value) {
    return of(name, (double) value);
  }

  /** How many operations there were in a time, and how many that is in a second. */
  static Figures rate(long operations, double seconds) {
    return of("operations", operations)
        .and("seconds", seconds)
        .and("operations_per_second", operations / seconds);
  }

  Figures and(String name, double value) {
    return and(of(name, value));
  }

  Figures and(String name, long value) {
    return and(of(name, value));
  }

  /** These and those; of two with one name, that of {@code others} stays. */
  Figures and(Figures others) {
    Map<String, Double> all = new LinkedHashMap<>(byName);
    all.putAll(others.byName);
    return new Figures(all);
  }

  /** A line of JSON. */
  @Override
  public String toString() {
    StringBuilder line = new StringBuilder("{");
    byName.forEach(
        (name, value) -> {
          line.append(line.length() == 1 ? "\"" : ", \"").append(name).append("\": ");
          line.append(
              value == Math.rint(value)
                  ? String.format(Locale.ROOT, "%.0f", value)
                  : String.format(Locale.ROOT, "%.6f", value));
        });
    return line.append('}').toString();
  }
}
