package dev.parley.benchmarks.row;

import dev.parley.benchmarks.contestant.Contestant;
import dev.parley.benchmarks.contestant.Contestants;
import dev.parley.benchmarks.report.Result;
import dev.parley.benchmarks.report.Target;
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

/** One small blocking call at a time, wherever the processes may run. */
final class Latency implements Row {
  /** A median of so short turns needs more of them. */
  private static final int MORE_ROUNDS = 2;

  private static final String P50 = "p50_ns";
  private static final String OF_FLOOR = "x the blocking floor";

  @Override
  public String name() {
    return "latency";
  }

  @Override
  public String about() {
    return "The round trip of one blocking call at a time, 64 B.";
  }

  @Override
  public List<Result> measure(Site site) throws IOException, InterruptedException {
    List<Contestant> wanted =
        site.contestants(contestant -> !site.plan().quick() || isNeeded(contestant));
    List<Result> results = new ArrayList<>();
    try (Lineup lineup = Lineup.start(site, wanted)) {
      lineup.warmUp(millis -> "latency " + millis);
      String command = "latency " + site.plan().millis();
      List<Entry> entries =
          lineup.pairs().stream()
              .map(pair -> Entry.of(pair, command, Map.of(SIZE, Plan.SMALL)))
              .toList();
      for (Placement placement : site.cores().placements()) {
        site.say(name() + ", " + placement);
        int rounds = site.plan().rounds() + (placement == Placement.FREE ? 0 : MORE_ROUNDS);
        results.addAll(
            new Tally(name(), placement, P50)
                .results(new Turns(site, placement, rounds).take(entries, Turns.COMMAND)));
      }
    }
    return results;
  }

  /**
   * The bare channels of Java explain a figure, and gRPC-Java takes long to warm up; no target
   * needs them.
   */
  private static boolean isNeeded(Contestant contestant) {
    String name = contestant.name();
    boolean isOtherGrpcJava = name.startsWith("grpc-java-") && !name.equals(Contestants.GRPC_JAVA);
    return !name.startsWith("raw-") && !name.equals("floor-yielding") && !isOtherGrpcJava;
  }

  @Override
  public List<Target> targets() {
    return List.of(
        ofFloor(0.13, "java-java-apart", Pairs.JAVA_JAVA, Placement.APART),
        Target.atMost(
            2,
            "x the spinning floor",
            "java-java-apart-to-spinning",
            results ->
                results
                    .of(name(), Pairs.JAVA_JAVA)
                    .in(Placement.APART)
                    .ratio(P50, Contestants.SPINNING_FLOOR)),
        ofFloor(1.2, "java-java-together", Pairs.JAVA_JAVA, Placement.TOGETHER),
        Target.atMost(
            4,
            "x the blocking floor's p99",
            "java-java-together-p99",
            results ->
                results
                    .of(name(), Pairs.JAVA_JAVA)
                    .in(Placement.TOGETHER)
                    .ratio("p99_ns", Contestants.FLOOR)),
        ofFloor(0.11, "java-cpp-apart", Pairs.JAVA_CPP, Placement.APART),
        ofFloor(1.15, "java-cpp-together", Pairs.JAVA_CPP, Placement.TOGETHER),
        ofFloor(0.11, "cpp-cpp-apart", Pairs.CPP_CPP, Placement.APART),
        ofFloor(1.15, "cpp-cpp-together", Pairs.CPP_CPP, Placement.TOGETHER));
  }

  private Target ofFloor(double bound, String target, String pair, Placement placement) {
    return Target.atMost(
        bound,
        OF_FLOOR,
        target,
        results -> results.of(name(), pair).in(placement).ratio(P50, Contestants.FLOOR));
  }
}
