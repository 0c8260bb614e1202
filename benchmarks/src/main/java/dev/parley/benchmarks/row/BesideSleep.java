package dev.parley.benchmarks.row;

import dev.parley.benchmarks.report.Result;
import dev.parley.benchmarks.report.Target;
import dev.parley.benchmarks.run.Placement;
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
    return Beside.measure(site, name(), "p50_ns", site.plan().millisTimes(8), NAP_MILLIS);
  }

  @Override
  public List<Target> targets() {
    List<Target> targets = new ArrayList<>();
    for (Placement placement : Placement.JUDGED) {
      for (String language : List.of("java", "cpp")) {
        targets.add(target(0.3, language, "p50", placement));
        targets.add(target(5, language, "max", placement));
      }
    }
    return targets;
  }

  private Target target(double bound, String language, String figure, Placement placement) {
    return Target.atMost(
        bound,
        "ms",
        language + "-" + name() + "-" + figure + "-" + placement,
        results ->
            results.of(name(), Pairs.ofOneLanguage(language)).in(placement).value(figure + "_ns")
                / NANOS_A_MILLI);
  }
}
