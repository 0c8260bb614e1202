package dev.parley.benchmarks.report;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What one contestant came to at one point of a row.
 *
 * @param row what was measured
 * @param contestant who
 * @param placement where the processes ran; {@code at rest} where none did
 * @param axes where on the row's axes: {@code size} in bytes, {@code in_flight}, ...
 * @param figures the one that the row is about first
 */
public record Result(
    String row,
    String contestant,
    String placement,
    Map<String, Integer> axes,
    List<Figure> figures) {
  /**
   * The name of ratios to whom this row compares with: the default call, or a single connection.
   */
  public static final String AGAINST = "default";

  /** The figure that the row is about. */
  public Figure main() {
    return figures.get(0);
  }

  /** A figure by its name. */
  public Optional<Figure> figure(String name) {
    return figures.stream().filter(figure -> figure.name().equals(name)).findFirst();
  }

  /** The value of a figure; NaN if it was not measured. */
  public double value(String name) {
    return figure(name).map(Figure::value).orElse(Double.NaN);
  }
}
