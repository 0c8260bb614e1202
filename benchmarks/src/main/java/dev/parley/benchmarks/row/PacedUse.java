package dev.parley.benchmarks.row;

import dev.parley.benchmarks.contestant.Contestant;
import dev.parley.benchmarks.contestant.ParleyPair;
import dev.parley.benchmarks.contestant.ParleyPair.Language;
import dev.parley.benchmarks.report.Result;
import dev.parley.benchmarks.report.Target;
import dev.parley.benchmarks.run.Entry;
import dev.parley.benchmarks.run.Lineup;
import dev.parley.benchmarks.run.Placement;
import dev.parley.benchmarks.run.Plan;
import dev.parley.benchmarks.run.ProcessUse;
import dev.parley.benchmarks.run.Site;
import dev.parley.benchmarks.run.Tally;
import dev.parley.benchmarks.run.Turns;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What a connection costs on which a call is made now and then. */
final class PacedUse implements Row {
  private static final int CALLS_PER_SECOND = 100;
  private static final String CPU = "cpu_percent";

  @Override
  public String name() {
    return "paced";
  }

  @Override
  public String about() {
    return "The time on a core of both processes together, in per cent of one core, while the client makes 100 calls"
        + " of 64 B a second; with polling as it is by default, and switched off.";
  }

  @Override
  public List<Result> measure(Site site) throws IOException, InterruptedException {
    site.say(name());
    List<Contestant> wanted = new ArrayList<>(site.contestants(Pairs::isParleyOrFloor));
    for (Language language : Language.values()) {
      ParleyPair pair = new ParleyPair(site.installation(), language, language);
      if (wanted.stream().anyMatch(contestant -> contestant.name().equals(pair.name()))) {
        wanted.add(pair.withoutPolling());
      }
    }
    try (Lineup lineup = Lineup.start(site, wanted)) {
      lineup.warmUp(millis -> "latency " + millis);
      int millis = site.plan().quick() ? 2000 : 10_000;
      String command = "paced " + millis + " " + CALLS_PER_SECOND;
      List<Entry> entries =
          lineup.pairs().stream()
              .map(pair -> Entry.of(pair, command, Map.of(SIZE, Plan.SMALL)))
              .toList();
      Turns turns = new Turns(site, Placement.FREE, site.plan().quick() ? 2 : site.plan().rounds());
      return new Tally(name(), Placement.FREE, CPU).results(turns.take(entries, PacedUse::turn));
    }
  }

  private static Optional<Map<String, Double>> turn(Entry entry) throws IOException {
    ProcessUse before = both(entry);
    long start = System.nanoTime();
    Optional<Map<String, Double>> figures = entry.pair().ask(entry.command());
    long nanos = System.nanoTime() - start;
    ProcessUse after = both(entry);
    return figures.map(
        those -> {
          Map<String, Double> all = new TreeMap<>(those);
          all.put(CPU, 100.0 * after.cpuNanosSince(before) / nanos);
          all.put("switches_per_second", after.switchesSince(before) * 1e9 / nanos);
          return all;
        });
  }

  private static ProcessUse both(Entry entry) throws IOException {
    List<ProcessUse> uses = entry.pair().use();
    return uses.get(0).and(uses.get(1));
  }

  @Override
  public List<Target> targets() {
    return List.of(target("java"), target("cpp"));
  }

  private Target target(String language) {
    String pair = Pairs.ofOneLanguage(language);
    return Target.atMost(
        2,
        "% of a core more than without polling",
        language + "-paced-cpu",
        results ->
            results.of(name(), pair).value(CPU)
                - results.of(name(), pair + "-no-polling").value(CPU));
  }
}
