package dev.parley.benchmarks.row;

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
import java.util.List;
import java.util.Map;

/** One stream of small messages from the server. */
final class Streams implements Row {
  private static final String RATE = "operations_per_second";

  @Override
  public String name() {
    return "stream";
  }

  @Override
  public String about() {
    return "The messages of one server stream of 64 B that one thread reads; of the floor, what its server writes"
        + " 64 messages at a time.";
  }

  @Override
  public List<Result> measure(Site site) throws IOException, InterruptedException {
    site.say(name());
    try (Lineup lineup = Lineup.start(site, Pairs.compared(site))) {
      lineup.warmUp(millis -> "stream " + millis);
      String command = "stream " + site.plan().millisTimes(2);
      List<Entry> entries =
          lineup.pairs().stream()
              .map(pair -> Entry.of(pair, command, Map.of(SIZE, Plan.SMALL)))
              .toList();
      Turns turns = new Turns(site, Placement.FREE, site.plan().rounds());
      return new Tally(name(), Placement.FREE, RATE).results(turns.take(entries, Turns.COMMAND));
    }
  }

  @Override
  public List<Target> targets() {
    return List.of(target("java", Pairs.JAVA_JAVA), target("cpp", Pairs.CPP_CPP));
  }

  private Target target(String language, String pair) {
    return Target.atLeast(
        3_000_000,
        "messages/s",
        language + "-stream",
        results -> results.of(name(), pair).value(RATE));
  }
}
