package dev.parley.benchmarks.row;

import dev.parley.benchmarks.contestant.Contestants;
import dev.parley.benchmarks.report.Result;
import dev.parley.benchmarks.report.Target;
import dev.parley.benchmarks.run.Entry;
import dev.parley.benchmarks.run.Lineup;
import dev.parley.benchmarks.run.Placement;
import dev.parley.benchmarks.run.Plan;
import dev.parley.benchmarks.run.RunningPair;
import dev.parley.benchmarks.run.Site;
import dev.parley.benchmarks.run.Tally;
import dev.parley.benchmarks.run.Turns;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** One blocking call at a time with messages of all sizes. */
final class Payload implements Row {
  private static final String RATE = "bytes_per_second";

  @Override
  public String name() {
    return "payload";
  }

  @Override
  public String about() {
    return "One blocking call at a time with messages of a size, both ways; the bytes are those of one way.";
  }

  @Override
  public List<Result> measure(Site site) throws IOException, InterruptedException {
    List<Result> results = new ArrayList<>();
    Placement placement = site.pinned();
    try (Lineup lineup = Lineup.start(site, Pairs.compared(site))) {
      for (int size : site.plan().sizes()) {
        site.say(name() + ", " + size + " bytes");
        warmUp(lineup, size);
        List<Entry> entries = new ArrayList<>();
        for (RunningPair pair : lineup.pairs()) {
          String command = "latency " + site.plan().millis();
          entries.add(Entry.of(pair, command, Map.of(SIZE, size)));
        }
        Turns turns = new Turns(site, placement, site.plan().rounds());
        results.addAll(
            new Tally(name(), placement, RATE)
                .results(turns.take(entries, entry -> turn(entry, size))));
      }
    }
    return results;
  }

  /** Long messages take other ways than short ones, so each size is warmed up. */
  private static void warmUp(Lineup lineup, int size) throws IOException {
    for (RunningPair pair : lineup.pairs()) {
      pair.ask("size " + size);
    }
    lineup.warmUp(millis -> "latency " + millis);
    for (RunningPair pair : lineup.pairs()) {
      pair.ask("size " + Plan.SMALL);
    }
  }

  private static Optional<Map<String, Double>> turn(Entry entry, int size) throws IOException {
    entry.pair().ask("size " + size);
    Optional<Map<String, Double>> figures = entry.pair().ask(entry.command());
    entry.pair().ask("size " + Plan.SMALL);
    return figures.map(
        those -> {
          Map<String, Double> all = new TreeMap<>(those);
          all.put(RATE, size * 1e9 / those.getOrDefault("mean_ns", Double.NaN));
          return all;
        });
  }

  @Override
  public List<Target> targets() {
    return List.of(target("java", Pairs.JAVA_JAVA), target("cpp", Pairs.CPP_CPP));
  }

  private Target target(String language, String pair) {
    return Target.atLeast(
        0.8,
        "x the blocking floor",
        language + "-1mib-echo",
        results -> results.of(name(), pair).at(SIZE, Plan.MEBIBYTE).ratio(RATE, Contestants.FLOOR));
  }
}
