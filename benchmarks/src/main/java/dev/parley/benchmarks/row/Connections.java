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
    for (Contestant contestant : site.contestants(Pairs::isCompared)) {
      results.addAll(measure(site, contestant));
    }
    return results;
  }

  private List<Result> measure(Site site, Contestant contestant)
      throws IOException, InterruptedException {
    List<Integer> points = site.plan().connections();
    site.say(name() + ", " + contestant.name());
    List<Contestant> ofEachPoint = points.stream().map(point -> contestant).toList();
    try (Lineup lineup = Lineup.start(site, ofEachPoint)) {
      if (!openAll(site, lineup, points)) {
        return List.of();
      }
      lineup.warmUp(millis -> "latency " + millis / 2);
      Placement placement = site.pinned();
      List<Entry> entries = entries(lineup, points, site.plan().millis());
      Turns turns = new Turns(site, placement, site.plan().rounds());
      List<Result> timed =
          new Tally(name(), placement, P50).results(turns.take(entries, Turns.COMMAND));
      List<Result> results = new ArrayList<>();
      for (int i = 0; i < timed.size(); i++) {
        results.add(
            i == 0 ? timed.get(i) : withCosts(timed.get(i), entries.get(0), entries.get(i)));
      }
      return results;
    }
  }

  /** Whether every pair has as many connections as it should have; notes who has not. */
  private static boolean openAll(Site site, Lineup lineup, List<Integer> points) {
    try {
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
                  "%s: %d connections in place of %d",
                  pair.contestant().name(), (int) got + 1, wanted + 1));
        }
      }
      return true;
    } catch (IOException e) {
      site.note(lineup.pairs().get(0).contestant().name() + ", connections: " + e.getMessage());
      return false;
    }
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

  /** Adds what each idle connection has that the processes with one connection do not have. */
  private static Result withCosts(Result result, Entry alone, Entry among) throws IOException {
    int idle = among.axes().getOrDefault(CONNECTIONS, 1) - 1;
    List<Figure> figures = new ArrayList<>(result.figures());
    Map<String, Double> heaps = new TreeMap<>(heaps(among.pair()));
    heaps(alone.pair()).forEach((side, heap) -> heaps.merge(side, -heap, Double::sum));
    heaps.forEach((side, heap) -> figures.add(Figure.of(side + "_heap_bytes_each", heap / idle)));
    List<ProcessUse> before = alone.pair().use();
    List<ProcessUse> after = among.pair().use();
    for (int side = 0; side < before.size(); side++) {
      int threads = after.get(side).threads().size() - before.get(side).threads().size();
      long resident = after.get(side).residentBytes() - before.get(side).residentBytes();
      String name = side == 0 ? "client" : "server";
      figures.add(Figure.of(name + "_threads_each", (double) threads / idle));
      figures.add(Figure.of(name + "_resident_bytes_each", (double) resident / idle));
    }
    return new Result(
        result.row(), result.contestant(), result.placement(), result.axes(), figures);
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
      String pair = language.equals("java") ? Pairs.JAVA_JAVA : Pairs.CPP_CPP;
      String prefix = language + "-10000-connections-";
      targets.add(worseSide(0.001, "threads each", prefix + "threads", pair, "threads_each"));
      targets.add(worseSide(20 << 10, "B each", prefix + "heap", pair, "heap_bytes_each"));
      targets.add(
          Target.atMost(
              1.3,
              "x alone",
              prefix + "p50",
              results ->
                  results.of(name(), pair).at(CONNECTIONS, MOST).ratio(P50, Result.AGAINST)));
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
}
