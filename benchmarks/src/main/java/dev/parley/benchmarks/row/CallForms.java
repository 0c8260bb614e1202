package dev.parley.benchmarks.row;

import dev.parley.benchmarks.contestant.Contestant;
import dev.parley.benchmarks.contestant.Contestants;
import dev.parley.benchmarks.contestant.ParleyPair;
import dev.parley.benchmarks.contestant.ParleyPair.Language;
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
import org.jspecify.annotations.Nullable;

/** The other ways to make and to serve a call, against the default one. */
final class CallForms implements Row {
  private static final String P50 = "p50_ns";
  private static final Map<String, Integer> AXES = Map.of(SIZE, Plan.SMALL);

  @Override
  public String name() {
    return "forms";
  }

  @Override
  public String about() {
    return "The round trip of one call at a time, 64 B, in other forms than the default one, which they are"
        + " compared with: a future and a get on it; a handler on a user's executor; a call whose handler"
        + " calls back over the same connection, which is two calls.";
  }

  @Override
  public List<Result> measure(Site site) throws IOException, InterruptedException {
    List<Contestant> wanted = new ArrayList<>(site.contestants(Pairs::isParleyOrFloor));
    for (Language language : Language.values()) {
      ParleyPair pair = new ParleyPair(site.installation(), language, language);
      if (wanted.removeIf(contestant -> contestant.name().equals(pair.name()))) {
        wanted.add(pair);
        wanted.add(pair.onExecutor());
      }
    }
    List<Result> results = new ArrayList<>();
    try (Lineup lineup = Lineup.start(site, wanted)) {
      lineup.warmUp(millis -> "latency " + millis);
      lineup.warmUp(millis -> "async-latency " + millis / 3);
      lineup.warmUp(millis -> "reentrant-latency " + millis);
      List<Entry> entries = entries(lineup, site.plan().millis());
      for (Placement placement : site.cores().pinnedPlacements()) {
        site.say(name() + ", " + placement);
        results.addAll(
            new Tally(name(), placement, P50)
                .results(
                    new Turns(site, placement, site.plan().rounds()).take(entries, Turns.COMMAND)));
      }
    }
    return results;
  }

  private static List<Entry> entries(Lineup lineup, int millis) {
    List<Entry> entries = new ArrayList<>();
    @Nullable Entry usual = null;
    for (RunningPair pair : lineup.pairs()) {
      String name = pair.contestant().name();
      Entry entry = Entry.of(pair, "latency " + millis, AXES);
      if (name.equals(Contestants.FLOOR)) {
        entries.add(entry);
      } else if (name.endsWith("-executor")) {
        // Its default may have failed to start.
        entries.add(usual != null && name.startsWith(usual.name()) ? entry.against(usual) : entry);
      } else {
        usual = entry;
        entries.add(entry);
        entries.add(
            Entry.of(pair, "async-latency " + millis, AXES).named(name + "-async").against(usual));
        entries.add(
            Entry.of(pair, "reentrant-latency " + millis, AXES)
                .named(name + "-reentrant")
                .against(usual));
      }
    }
    return entries;
  }

  @Override
  public List<Target> targets() {
    List<Target> targets = new ArrayList<>();
    for (Placement placement : Placement.JUDGED) {
      for (String language : List.of("java", "cpp")) {
        targets.add(target(1.2, language, "async", placement));
        targets.add(target(2.5, language, "executor", placement));
        targets.add(target(3.5, language, "reentrant", placement));
      }
    }
    return targets;
  }

  private Target target(double bound, String language, String form, Placement placement) {
    return Target.atMost(
        bound,
        "x the default call",
        language + "-" + form + "-" + placement,
        results ->
            results
                .of(name(), Pairs.ofOneLanguage(language) + "-" + form)
                .in(placement)
                .ratio(P50, Result.AGAINST));
  }
}
