package dev.parley.benchmarks.row;

import dev.parley.benchmarks.contestant.Contestant;
import dev.parley.benchmarks.contestant.Contestants;
import dev.parley.benchmarks.report.Result;
import dev.parley.benchmarks.report.Target;
import dev.parley.benchmarks.run.Entry;
import dev.parley.benchmarks.run.Lineup;
import dev.parley.benchmarks.run.Placement;
import dev.parley.benchmarks.run.Site;
import dev.parley.benchmarks.run.Tally;
import dev.parley.benchmarks.run.Turns;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** From the start of a client's process to its first reply. */
final class StartUp implements Row {
  private static final String FIRST_REPLY = "first_reply_ns";

  @Override
  public String name() {
    return "start-up";
  }

  @Override
  public String about() {
    return "From the start of the client's process until it has the reply to its first call, with a server that"
        + " has served calls before.";
  }

  @Override
  public List<Result> measure(Site site) throws IOException, InterruptedException {
    site.say(name());
    List<Contestant> wanted =
        site.contestants(it -> !it.first(Path.of("")).isEmpty() && isWanted(site, it));
    try (Lineup lineup = Lineup.start(site, wanted)) {
      lineup.warmUp(millis -> "latency " + millis / 10);
      List<Entry> entries =
          lineup.pairs().stream().map(pair -> Entry.of(pair, "first", Map.of())).toList();
      Turns turns = new Turns(site, Placement.FREE, site.plan().rounds() + 2);
      return new Tally(name(), Placement.FREE, FIRST_REPLY)
          .results(
              turns.take(
                  entries,
                  entry ->
                      entry.pair().first().map(nanos -> Map.of(FIRST_REPLY, nanos.doubleValue()))));
    }
  }

  private static boolean isWanted(Site site, Contestant contestant) {
    return !site.plan().quick()
        || Set.of(Pairs.JAVA_CPP, Contestants.GRPC_JAVA, Contestants.GRPC_JAVA_NATIVE)
            .contains(contestant.name());
  }

  /** The rival's client has a native server as well, if that is installed. */
  @Override
  public List<Target> targets() {
    return List.of(
        Target.atMost(
            0.5,
            "x gRPC-Java",
            "java-start-up",
            results -> {
              double ours = results.of(name(), Pairs.JAVA_CPP).value(FIRST_REPLY);
              double theirs = results.of(name(), Contestants.GRPC_JAVA_NATIVE).value(FIRST_REPLY);
              return Double.isNaN(theirs)
                  ? ours / results.of(name(), Contestants.GRPC_JAVA).value(FIRST_REPLY)
                  : ours / theirs;
            }));
  }
}
