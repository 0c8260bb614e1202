package dev.parley.benchmarks.report;

import dev.parley.benchmarks.report.Plot.Line;
import dev.parley.benchmarks.report.Plot.Ticks;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** The plots that a run has figures for. */
final class Plots {
  private static final double NANOS_A_MICRO = 1000;

  private Plots() {}

  static List<Plot> of(Results results) {
    List<Plot> plots = new ArrayList<>();
    for (String placement : List.of("apart", "together", "free")) {
      plots.add(
          new Plot(
              "latency-" + placement,
              "Round trip of a blocking call, 64 B, " + placement,
              "percentile, from the median",
              "microseconds",
              Ticks.PERCENTILES,
              percentiles(results, placement)));
    }
    plots.add(
        new Plot(
            "throughput-in-flight",
            "Calls of 64 B, issued from completions",
            "in flight",
            "calls a second",
            Ticks.FOURFOLD,
            along(results.of("callbacks"), "in_flight", result -> result.main().value())));
    plots.add(
        new Plot(
            "throughput-payload",
            "Echo, one call at a time",
            "payload",
            "bytes a second, one way",
            Ticks.SIZES,
            along(results.of("payload"), "size", result -> result.main().value())));
    plots.add(
        new Plot(
            "latency-connections",
            "Round trip of a blocking call, 64 B, over one of many connections, apart",
            "connections",
            "microseconds, median",
            Ticks.TENFOLD,
            along(
                results.of("connections").stream()
                    .filter(result -> result.placement().equals("apart"))
                    .toList(),
                "connections",
                result -> result.main().value() / NANOS_A_MICRO)));
    plots.add(
        new Plot(
            "throughput-callers",
            "Blocking callers on one connection, 64 B",
            "callers",
            "calls a second",
            Ticks.FOURFOLD,
            along(results.of("callers"), "callers", result -> result.main().value())));
    plots.removeIf(plot -> plot.lines().isEmpty());
    return plots;
  }

  private static List<Line> percentiles(Results results, String placement) {
    List<Line> lines = new ArrayList<>();
    for (Result result : results.of("latency")) {
      if (result.placement().equals(placement)) {
        List<Double> micros = new ArrayList<>();
        for (String figure : List.of("p50_ns", "p90_ns", "p99_ns", "p999_ns")) {
          micros.add(result.value(figure) / NANOS_A_MICRO);
        }
        lines.add(new Line(result.contestant(), List.of(2.0, 10.0, 100.0, 1000.0), micros));
      }
    }
    return lines;
  }

  private static List<Line> along(List<Result> results, String axis, ToDoubleFunction<Result> up) {
    Map<String, List<Result>> byContestant = new LinkedHashMap<>();
    results.stream()
        .sorted(Comparator.comparingInt(result -> result.axes().getOrDefault(axis, 0)))
        .forEach(
            result ->
                byContestant
                    .computeIfAbsent(result.contestant(), name -> new ArrayList<>())
                    .add(result));
    List<Line> lines = new ArrayList<>();
    byContestant.forEach(
        (name, points) ->
            lines.add(
                new Line(
                    name,
                    points.stream()
                        .map(point -> (double) point.axes().getOrDefault(axis, 0))
                        .toList(),
                    points.stream().map(up::applyAsDouble).toList())));
    return lines;
  }
}
