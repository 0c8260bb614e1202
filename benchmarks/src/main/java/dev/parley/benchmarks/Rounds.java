package dev.parley.benchmarks;

import dev.parley.benchmarks.contestant.Contestant;
import dev.parley.benchmarks.report.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Lets contestants take turns, round by round, so that whatever disturbs the machine disturbs all
 * of them. The floor is the first one: each round gives everybody's ratio to it, and the median of
 * the rounds is the result.
 */
final class Rounds {
  private static final int SETTLE_MILLIS = 20;

  private final Plan plan;
  private final Cores cores;
  private final List<Contestant> contestants;
  private final Consumer<String> progress;

  Rounds(Plan plan, Cores cores, List<Contestant> contestants, Consumer<String> progress) {
    this.plan = plan;
    this.cores = cores;
    this.contestants = contestants;
    this.progress = progress;
  }

  /** Measures one size in all its placements. The programs live for as long as that takes. */
  List<Result> run(int size) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("parley-bench");
    Map<Contestant, RunningPair> pairs = new LinkedHashMap<>();
    try {
      for (Contestant contestant : contestants) {
        RunningPair pair = RunningPair.start(contestant, folder, size);
        pairs.put(contestant, pair);
        pair.latency(contestant.warmUpMillis());
      }
      List<Result> results = new ArrayList<>();
      for (Placement placement : plan.placements(size, cores)) {
        progress.accept(size + " bytes, latency, " + placement);
        results.addAll(latencies(pairs, placement, size));
      }
      for (int inFlight : Plan.IN_FLIGHT) {
        if (Plan.isFeasible(size, inFlight)) {
          progress.accept(size + " bytes, throughput, " + inFlight + " in flight");
          results.addAll(throughputs(pairs, Plan.main(cores), size, inFlight));
        }
      }
      return results;
    } finally {
      for (RunningPair pair : pairs.values()) {
        pair.close();
      }
      try (var left = Files.list(folder)) {
        for (Path file : left.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(folder);
    }
  }

  private List<Result> latencies(Map<Contestant, RunningPair> pairs, Placement placement, int size)
      throws IOException, InterruptedException {
    Map<Contestant, List<Map<String, Double>>> turns = new LinkedHashMap<>();
    for (int round = 0; round < plan.rounds(); round++) {
      for (Map.Entry<Contestant, RunningPair> entry : pairs.entrySet()) {
        if (!suits(entry.getKey(), placement)) {
          continue;
        }
        entry.getValue().place(cores, placement);
        entry.getValue().latency(SETTLE_MILLIS);
        turns
            .computeIfAbsent(entry.getKey(), key -> new ArrayList<>())
            .add(entry.getValue().latency(plan.millis()));
      }
    }
    return results(turns, "latency", placement, size, 1, "ns", "p50_ns");
  }

  private static boolean suits(Contestant contestant, Placement placement) {
    return placement == Placement.APART || !contestant.needsOwnCores();
  }

  private List<Result> throughputs(
      Map<Contestant, RunningPair> pairs, Placement placement, int size, int inFlight)
      throws IOException, InterruptedException {
    Map<Contestant, List<Map<String, Double>>> turns = new LinkedHashMap<>();
    for (int round = 0; round < plan.rounds(); round++) {
      for (Map.Entry<Contestant, RunningPair> entry : pairs.entrySet()) {
        if (!entry.getKey().streams() || !suits(entry.getKey(), placement)) {
          continue;
        }
        entry.getValue().place(cores, placement);
        Optional<Map<String, Double>> turn = entry.getValue().throughput(plan.millis(), inFlight);
        if (turn.isPresent()) {
          turns.computeIfAbsent(entry.getKey(), key -> new ArrayList<>()).add(turn.get());
        }
      }
    }
    return results(turns, "throughput", placement, size, inFlight, "1/s", "operations_per_second");
  }

  /** The median of each figure, and of the ratio of the one that counts. */
  private List<Result> results(
      Map<Contestant, List<Map<String, Double>>> turns,
      String workload,
      Placement placement,
      int size,
      int inFlight,
      String unit,
      String figure) {
    List<Result> results = new ArrayList<>();
    List<Map<String, Double>> floor = turns.getOrDefault(contestants.get(0), List.of());
    turns.forEach(
        (contestant, rounds) -> {
          Map<String, Double> medians = new TreeMap<>();
          for (String key : rounds.get(0).keySet()) {
            medians.put(
                key, median(rounds.stream().mapToDouble(round -> at(round, key)).toArray()));
          }
          double[] ratios = new double[rounds.size()];
          for (int i = 0; i < ratios.length; i++) {
            Map<String, Double> base = i < floor.size() ? floor.get(i) : Map.of();
            ratios[i] = at(rounds.get(i), figure) / at(base, figure);
          }
          results.add(
              new Result(
                  contestant.name(),
                  workload,
                  placement.toString(),
                  size,
                  inFlight,
                  unit,
                  at(medians, figure),
                  median(ratios),
                  medians));
        });
    return results;
  }

  private static double at(Map<String, Double> figures, String key) {
    return figures.getOrDefault(key, Double.NaN);
  }

  static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
