package dev.parley.benchmarks.row;

import dev.parley.benchmarks.contestant.Contestant;
import dev.parley.benchmarks.report.Result;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Turns of all contestants at one command, at each point of an axis, in one placement.
 *
 * @param row whose results they are
 * @param axis the name of the axis
 * @param points of it
 * @param placement where the processes run
 * @param main the name of the figure that the row is about
 * @param command what is asked, for so many milliseconds at a point
 */
record Sweep(
    String row,
    String axis,
    List<Integer> points,
    Placement placement,
    String main,
    Command command) {
  /** What is asked of a client. */
  @FunctionalInterface
  interface Command {
    String of(int millis, int point);
  }

  /** Measures small messages. */
  List<Result> measure(Site site, List<Contestant> contestants, int millis)
      throws IOException, InterruptedException {
    List<Result> results = new ArrayList<>();
    try (Lineup lineup = Lineup.start(site, contestants)) {
      int warm = points.get(points.size() / 2);
      lineup.warmUp(warmUp -> command.of(warmUp, warm));
      for (int point : points) {
        site.say(row + ", " + axis + " " + point);
        Map<String, Integer> axes = new LinkedHashMap<>(Map.of(Row.SIZE, Plan.SMALL));
        axes.put(axis, point);
        List<Entry> entries = new ArrayList<>();
        for (RunningPair pair : lineup.pairs()) {
          entries.add(Entry.of(pair, command.of(millis, point), axes));
        }
        Turns turns = new Turns(site, placement, site.plan().rounds());
        results.addAll(new Tally(row, placement, main).results(turns.take(entries, Turns.COMMAND)));
      }
    }
    return results;
  }
}
