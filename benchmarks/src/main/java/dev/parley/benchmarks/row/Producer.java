package dev.parley.benchmarks.row;

import dev.parley.benchmarks.report.Result;
import dev.parley.benchmarks.report.Target;
import dev.parley.benchmarks.run.Placement;
import dev.parley.benchmarks.run.Site;
import java.io.IOException;
import java.util.List;

/** Many calls in flight over one connection, issued by a thread that does nothing else. */
final class Producer implements Row {
  private static final String RATE = "operations_per_second";
  private static final int USUAL = 256;

  @Override
  public String name() {
    return "producer";
  }

  @Override
  public String about() {
    return "Calls of 64 B in flight over one connection, issued by a thread of their own that waits at a"
        + " semaphore when there are enough.";
  }

  @Override
  public List<Result> measure(Site site) throws IOException, InterruptedException {
    return new Sweep(
            name(),
            Callbacks.IN_FLIGHT,
            site.plan().quick() ? List.of(USUAL) : site.plan().inFlight(),
            Placement.FREE,
            RATE,
            (millis, point) -> "producer " + millis + " " + point)
        .measure(site, Pairs.compared(site), site.plan().millisTimes(2));
  }

  @Override
  public List<Target> targets() {
    return List.of(target("java", Pairs.JAVA_JAVA), target("cpp", Pairs.CPP_CPP));
  }

  private Target target(String language, String pair) {
    return Target.atLeast(
        1_200_000,
        "calls/s",
        language + "-producer-256",
        results -> results.of(name(), pair).at(Callbacks.IN_FLIGHT, USUAL).value(RATE));
  }
}
