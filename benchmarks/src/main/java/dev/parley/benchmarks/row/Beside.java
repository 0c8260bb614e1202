package dev.parley.benchmarks.row;

import dev.parley.benchmarks.contestant.Contestant;
import dev.parley.benchmarks.report.Result;
import dev.parley.benchmarks.run.Cores;
import dev.parley.benchmarks.run.Entry;
import dev.parley.benchmarks.run.Lineup;
import dev.parley.benchmarks.run.Placement;
import dev.parley.benchmarks.run.Plan;
import dev.parley.benchmarks.run.Site;
import dev.parley.benchmarks.run.Tally;
import dev.parley.benchmarks.run.Turns;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Small calls over a connection on which something large or slow goes on. */
final class Beside {
  private Beside() {}

  /** Turns at a command that takes milliseconds and one number more. */
  static List<Result> measure(Site site, String row, String main, int millis, int number)
      throws IOException, InterruptedException {
    boolean quick = site.plan().quick();
    List<Result> results = new ArrayList<>();
    List<Contestant> wanted = Pairs.compared(site);
    try (Lineup lineup = Lineup.start(site, wanted)) {
      // So few calls as are made beside something slow would be interpreted code for a long time.
      lineup.warmUp(warmUp -> "latency " + warmUp);
      lineup.warmUp(warmUp -> row + " " + warmUp + " " + number);
      String command = row + " " + millis + " " + number;
      List<Entry> entries =
          lineup.pairs().stream()
              .map(pair -> Entry.of(pair, command, Map.of(Row.SIZE, Plan.SMALL)))
              .toList();
      Cores cores = site.cores();
      for (Placement placement : quick ? cores.pinnedPlacements() : cores.placements()) {
        site.say(row + ", " + placement);
        Turns turns = new Turns(site, placement, site.plan().rounds());
        results.addAll(new Tally(row, placement, main).results(turns.take(entries, Turns.COMMAND)));
      }
    }
    return results;
  }
}
