package dev.parley.benchmarks.report;

import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * A bound that Parley is to keep, and the figure that shows whether it does.
 *
 * @param name short and unique, the key in {@code report.json}
 * @param unit of the figure and the bound
 * @param isCeiling whether the figure is to be at most the bound, or else at least
 * @param bound which itself is good enough
 * @param figure NaN if it was not measured
 */
public record Target(
    String name, String unit, boolean isCeiling, double bound, ToDoubleFunction<Results> figure) {
  public static Target atMost(
      double bound, String unit, String name, ToDoubleFunction<Results> figure) {
    return new Target(name, unit, true, bound, figure);
  }

  public static Target atLeast(
      double bound, String unit, String name, ToDoubleFunction<Results> figure) {
    return new Target(name, unit, false, bound, figure);
  }

  /**
   * Whether a run has kept a target.
   *
   * @param value NaN if it was not measured
   */
  public record Verdict(Target target, double value) {
    /** Empty if it was not measured. */
    public Optional<Boolean> isMet() {
      if (Double.isNaN(value)) {
        return Optional.empty();
      }
      return Optional.of(target.isCeiling ? value <= target.bound : value >= target.bound);
    }
  }

  public Verdict judge(Results results) {
    return new Verdict(this, figure.applyAsDouble(results));
  }
}
