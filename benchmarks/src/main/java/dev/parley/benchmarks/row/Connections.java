package dev.parley.benchmarks.row;

import dev.parley.benchmarks.contestant.Contestant;
import dev.parley.benchmarks.report.Figure;
import dev.parley.benchmarks.report.Result;
import dev.parley.benchmarks.report.Target;
import dev.parley.benchmarks.run.Entry;
import dev.parley.benchmarks.run.Lineup;
import dev.parley.benchmarks.run.Placement;
import dev.parley.benchmarks.run.ProcessUse;
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

/**
 * One connection that calls beside thousands that do not, all between the same two processes.
 *
 * <p>Each number of connections has processes of its own, so that they can take turns with those
 * that have one connection only.
 */
final class Connections implements Row {
  private static final String CONNECTIONS = "connections";

  /** In place of a placement, for what does not depend on it. */
  private static final String AT_REST = "at rest";

  private static final String P50 = "p50_ns";
  private static final int MOST = 10_000;

  @Override
  public String name() {
    return CONNECTIONS;
  }

  @Override
  public String about() {
    return "The round trip of one blocking call at a time, 64 B, over one of several connections between the same"
        + " two processes, compared with the same over the only one; and what each idle connection costs"
        + " them, on the client's side and on the server's.";
  }

  @Override
  public List<Result> measure(Site site) throws IOException, InterruptedException {
    List<Result> results = new ArrayList<>();
    for (Contestant contestant : Pairs.compared(site)) {
      try {
        results.addAll(measure(site, contestant));
      } catch (IOException e) {
        site.note(contestant.name() + ", " + name() + ": " + e.getMessage());
      }
    }
    return results;
  }

  private List<Result> measure(Site site, Contestant contestant)
      throws IOException, InterruptedException {
    List<Integer> points = site.plan().connections();
    site.say(name() + ", " + contestant.name());
    List<Contestant> ofEachPoint = points.stream().map(point -> contestant).toList();
    try (Lineup lineup = Lineup.start(site, ofEachPoint)) {
      if (lineup.pairs().size() < points.size() || !openAll(site, lineup, points)) {
        return List.of();
      }
      lineup.warmUp(millis -> "latency " + millis / 2);
      List<Entry> entries = entries(lineup, points, site.plan().millis());
      List<Result> results = new ArrayList<>();
      for (Placement placement : site.cores().pinnedPlacements()) {
        Turns turns = new Turns(site, placement, site.plan().rounds());
        results.addAll(
            new Tally(name(), placement, P50).results(turns.take(entries, Turns.COMMAND)));
      }
      for (Entry among : entries.subList(1, entries.size())) {
        results.add(costs(entries.get(0), among));
      }
      return results;
    }
  }

  /** False if the contestant has one connection only; notes who has fewer than wanted. */
  private static boolean openAll(Site site, Lineup lineup, List<Integer> points)
      throws IOException {
    for (int i = 0; i < points.size(); i++) {
      RunningPair pair = lineup.pairs().get(i);
      int wanted = points.get(i) - 1;
      Optional<Map<String, Double>> opened = pair.ask("open " + wanted);
      if (opened.isEmpty()) {
        return false;
      }
      double got = opened.get().getOrDefault("connections", 0.0);
      if (got < wanted) {
        site.note(
            String.format(
                "%s: %.0f connections in place of %d",
                pair.contestant().name(), got + 1, wanted + 1));
      }
    }
    return true;
  }

  private static List<Entry> entries(Lineup lineup, List<Integer> points, int millis) {
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < lineup.pairs().size(); i++) {
      Map<String, Integer> axes = Map.of(CONNECTIONS, points.get(i));
      Entry entry = Entry.of(lineup.pairs().get(i), "latency " + millis, axes);
      entries.add(entries.isEmpty() ? entry : entry.against(entries.get(0)));
    }
    return entries;
  }

  /** What each idle connection has that the processes with one connection do not have. */
  private Result costs(Entry alone, Entry among) throws IOException {
    int idle = among.axes().getOrDefault(CONNECTIONS, 1) - 1;
    List<Figure> figures = new ArrayList<>();
    Map<String, Double> heaps = new TreeMap<>(heaps(among.pair()));
    heaps(alone.pair()).forEach((side, heap) -> heaps.merge(side, -heap, Double::sum));
    heaps.forEach((side, heap) -> figures.add(Figure.of(side + "_heap_bytes_each", heap / idle)));
    List<ProcessUse> before = alone.pair().use();
    List<ProcessUse> after = among.pair().use();
    for (int side = 0; side < before.size(); side++) {
      int threads = after.get(side).threads().size() - before.get(side).threads().size();
      long resident = after.get(side).residentBytes() - before.get(side).residentBytes();
      String name = side == 0 ? "client" : "server";
      figures.add(Figure.of(name + "_resident_bytes_each", (double) resident / idle));
      figures.add(Figure.of(name + "_threads_each", (double) threads / idle));
    }
    return new Result(name(), among.name(), AT_REST, among.axes(), figures);
  }

  private static Map<String, Double> heaps(RunningPair pair) throws IOException {
    Map<String, Double> heaps = new TreeMap<>();
    pair.ask("memory").ifPresent(those -> heaps.put("client", those.get("heap_bytes")));
    pair.askServer("memory").ifPresent(those -> heaps.put("server", those.get("heap_bytes")));
    return heaps;
  }

  @Override
  public List<Target> targets() {
    List<Target> targets = new ArrayList<>();
    for (String language : List.of("java", "cpp")) {
      String pair = Pairs.ofOneLanguage(language);
      String prefix = language + "-10000-connections-";
      targets.add(worseSide(0.001, "threads each", prefix + "threads", pair, "threads_each"));
      targets.add(worseSide(20 << 10, "B each", prefix + "heap", pair, "heap_bytes_each"));
      for (Placement placement : Placement.JUDGED) {
        targets.add(p50(prefix + "p50-" + placement, pair, placement));
      }
    }
    return targets;
  }

  private Target worseSide(double bound, String unit, String target, String pair, String figure) {
    return Target.atMost(
        bound,
        unit,
        target,
        results ->
            Math.max(
                results.of(name(), pair).at(CONNECTIONS, MOST).value("client_" + figure),
                results.of(name(), pair).at(CONNECTIONS, MOST).value("server_" + figure)));
  }

  private Target p50(String target, String pair, Placement placement) {
    return Target.atMost(
        1.3,
        "x alone",
        target,
        results ->
            results
                .of(name(), pair)
                .in(placement)
                .at(CONNECTIONS, MOST)
                .ratio(P50, Result.AGAINST));
  }
}
