package dev.parley.benchmarks.row;

import dev.parley.benchmarks.contestant.BareJvm;
import dev.parley.benchmarks.contestant.Contestant;
import dev.parley.benchmarks.report.Figure;
import dev.parley.benchmarks.report.Result;
import dev.parley.benchmarks.report.Target;
import dev.parley.benchmarks.run.Lineup;
import dev.parley.benchmarks.run.Placement;
import dev.parley.benchmarks.run.ProcessUse;
import dev.parley.benchmarks.run.RunningPair;
import dev.parley.benchmarks.run.Site;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What connections cost on which nothing happens. All are idle at the same time. */
final class IdleUse implements Row {
  /** The compiler has things to do for a while after the last call. */
  private static final int REST_MILLIS = 2000;

  private static final String CPU = "cpu_percent";
  private static final String SWITCHES = "switches_per_second";
  private static final String BARE = "bare-jvm";

  @Override
  public String name() {
    return "idle";
  }

  @Override
  public String about() {
    return "The time on a core of both processes together, in per cent of one core, and how often their threads"
        + " went to sleep, while their connection is idle after many calls; the same of two JVMs that do"
        + " nothing.";
  }

  @Override
  public List<Result> measure(Site site) throws IOException, InterruptedException {
    site.say(name());
    List<Contestant> wanted = new ArrayList<>(Pairs.compared(site));
    wanted.add(new BareJvm(site.installation()));
    int millis = site.plan().quick() ? 4000 : 20_000;
    List<Result> results = new ArrayList<>();
    try (Lineup lineup = Lineup.start(site, wanted)) {
      lineup.warmUp(warmUp -> "latency " + warmUp);
      Thread.sleep(REST_MILLIS);
      List<ProcessUse> before = uses(lineup);
      long start = System.nanoTime();
      Thread.sleep(millis);
      List<ProcessUse> after = uses(lineup);
      long nanos = System.nanoTime() - start;
      for (int i = 0; i < before.size(); i++) {
        long cpuNanos = after.get(i).cpuNanosSince(before.get(i));
        long switches = after.get(i).switchesSince(before.get(i));
        results.add(
            new Result(
                name(),
                lineup.pairs().get(i).contestant().name(),
                Placement.FREE.toString(),
                Map.of(),
                List.of(
                    Figure.of(CPU, 100.0 * cpuNanos / nanos),
                    Figure.of(SWITCHES, switches * 1e9 / nanos))));
      }
    }
    return results;
  }

  private static List<ProcessUse> uses(Lineup lineup) throws IOException {
    List<ProcessUse> uses = new ArrayList<>();
    for (RunningPair pair : lineup.pairs()) {
      uses.add(pair.use().get(0).and(pair.use().get(1)));
    }
    return uses;
  }

  /** As a bare JVM: what is beyond it is less than one wake-up in ten milliseconds would cost. */
  @Override
  public List<Target> targets() {
    return List.of(
        Target.atMost(
            0.1,
            "% of a core beyond two bare JVMs",
            "java-idle-cpu",
            results ->
                results.of(name(), Pairs.JAVA_JAVA).value(CPU)
                    - results.of(name(), BARE).value(CPU)),
        Target.atMost(
            0.1,
            "% of a core",
            "cpp-idle-cpu",
            results -> results.of(name(), Pairs.CPP_CPP).value(CPU)));
  }
}
