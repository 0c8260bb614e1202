package dev.parley.benchmarks.row;

import dev.parley.benchmarks.report.Result;
import dev.parley.benchmarks.report.Target;
import dev.parley.benchmarks.run.Placement;
import dev.parley.benchmarks.run.Plan;
import dev.parley.benchmarks.run.Site;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Another call on the same connection while a large message is on its way. */
final class BesideTransfer implements Row {
  private static final double NANOS_A_MILLI = 1e6;

  @Override
  public String name() {
    return "beside-transfer";
  }

  @Override
  public String about() {
    return "Calls of 64 B, one at a time, while another thread echoes messages of 64 MiB over the same connection.";
  }

  @Override
  public List<Result> measure(Site site) throws IOException, InterruptedException {
    return Beside.measure(site, name(), "p99_ns", site.plan().millisTimes(5), 64 * Plan.MEBIBYTE);
  }

  @Override
  public List<Target> targets() {
    List<Target> targets = new ArrayList<>();
    for (Placement placement : Placement.JUDGED) {
      targets.add(target("java", placement));
      targets.add(target("cpp", placement));
    }
    return targets;
  }

  private Target target(String language, Placement placement) {
    return Target.atMost(
        1,
        "ms",
        language + "-" + name() + "-p99-" + placement,
        results ->
            results.of(name(), Pairs.ofOneLanguage(language)).in(placement).value("p99_ns")
                / NANOS_A_MILLI);
  }
}
