package dev.parley.benchmarks.row;

import dev.parley.benchmarks.report.Result;
import dev.parley.benchmarks.report.Target;
import dev.parley.benchmarks.run.Site;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Another call on the same connection while a handler sleeps. */
final class BesideSleep implements Row {
  private static final int NAP_MILLIS = 50;
  private static final double NANOS_A_MILLI = 1e6;

  @Override
  public String name() {
    return "beside-sleep";
  }

  @Override
  public String about() {
    return "A call of 64 B that begins 0, 0.3 or 5 ms after another one on the same connection whose handler sleeps"
        + " for 50 ms.";
  }

  @Override
  public List<Result> measure(Site site) throws IOException, InterruptedException {
    return Beside.measure(site, name(), "p50_ns", site.plan().millisTimes(10), NAP_MILLIS);
  }

  @Override
  public List<Target> targets() {
    List<Target> targets = new ArrayList<>();
    for (String language : List.of("java", "cpp")) {
      String pair = language.equals("java") ? Pairs.JAVA_JAVA : Pairs.CPP_CPP;
      targets.add(target(0.3, language + "-beside-sleep-p50", pair, "p50_ns"));
      targets.add(target(5, language + "-beside-sleep-max", pair, "max_ns"));
    }
    return targets;
  }

  private Target target(double bound, String target, String pair, String figure) {
    return Target.atMost(
        bound, "ms", target, results -> results.of(name(), pair).value(figure) / NANOS_A_MILLI);
  }
}
