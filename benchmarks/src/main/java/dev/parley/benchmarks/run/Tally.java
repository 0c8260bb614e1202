package dev.parley.benchmarks.run;

import dev.parley.benchmarks.contestant.Contestants;
import dev.parley.benchmarks.report.Figure;
import dev.parley.benchmarks.report.Result;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes results of turns: of each figure the median of the rounds, and the median of the rounds'
 * ratios to the same figure of the floors, of the rival that targets are relative to, and of whom
 * an entry is compared with.
 */
public final class Tally {
  private static final List<String> BASES =
      List.of(Contestants.FLOOR, Contestants.SPINNING_FLOOR, Contestants.GRPC_JAVA);

  private final String row;
  private final Placement placement;
  private final String main;

  /**
   * A tally of one row in one placement.
   *
   * @param main the name of the figure that the row is about
   */
  public Tally(String row, Placement placement, String main) {
    this.row = row;
    this.placement = placement;
    this.main = main;
  }

  /** One result an entry. */
  public List<Result> results(Map<Entry, List<Map<String, Double>>> turns) {
    List<Result> results = new ArrayList<>();
    turns.forEach((entry, rounds) -> results.add(result(entry, rounds, turns)));
    return results;
  }

  private Result result(
      Entry entry, List<Map<String, Double>> rounds, Map<Entry, List<Map<String, Double>>> turns) {
    List<Figure> figures = new ArrayList<>();
    for (String name : rounds.get(0).keySet()) {
      Figure figure = new Figure(name, value(name, rounds), ratios(name, entry, rounds, turns));
      figures.add(name.equals(main) ? 0 : figures.size(), figure);
    }
    return new Result(row, entry.name(), placement.toString(), entry.axes(), figures);
  }

  private static double value(String name, List<Map<String, Double>> rounds) {
    double[] values = rounds.stream().mapToDouble(round -> at(round, name)).toArray();
    // The longest of all rounds is the longest; a median of such would hide it.
    return name.startsWith("max_")
        ? Arrays.stream(values).max().orElse(Double.NaN)
        : median(values);
  }

  private static Map<String, Double> ratios(
      String name,
      Entry entry,
      List<Map<String, Double>> rounds,
      Map<Entry, List<Map<String, Double>>> turns) {
    Map<String, Double> ratios = new LinkedHashMap<>();
    turns.forEach(
        (base, theirs) -> {
          boolean wanted = BASES.contains(base.name()) || base.equals(entry.against());
          if (wanted && entry.comparesWith(base) && theirs.get(0).containsKey(name)) {
            double[] each = new double[Math.min(rounds.size(), theirs.size())];
            for (int i = 0; i < each.length; i++) {
              each[i] = at(rounds.get(i), name) / at(theirs.get(i), name);
            }
            ratios.put(base.equals(entry.against()) ? Result.AGAINST : base.name(), median(each));
          }
        });
    return ratios;
  }

  private static double at(Map<String, Double> figures, String name) {
    return figures.getOrDefault(name, Double.NaN);
  }

  /** The middle of some values, or between the two in the middle. */
  static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
