package dev.parley.benchmarks.row;

import dev.parley.benchmarks.contestant.Contestants;
import dev.parley.benchmarks.report.Result;
import dev.parley.benchmarks.report.Target;
import dev.parley.benchmarks.run.Placement;
import dev.parley.benchmarks.run.Site;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Threads that make blocking calls over one connection. */
final class Callers implements Row {
  private static final String CALLERS = "callers";
  private static final String RATE = "operations_per_second";
  private static final int MOST = 64;

  @Override
  public String name() {
    return CALLERS;
  }

  @Override
  public String about() {
    return "Threads that make blocking calls of 64 B over one connection, at once: the rate of all calls together,"
        + " and the calls of the threads that got the fewest and the most.";
  }

  @Override
  public List<Result> measure(Site site) throws IOException, InterruptedException {
    return new Sweep(
            name(),
            CALLERS,
            site.plan().callers(),
            Placement.FREE,
            RATE,
            (millis, point) -> "callers " + millis + " " + point)
        .measure(site, Pairs.compared(site, Contestants.GRPC_JAVA), site.plan().millisTimes(3));
  }

  @Override
  public List<Target> targets() {
    List<Target> targets = new ArrayList<>();
    targets.add(
        Target.atLeast(
            5,
            "x gRPC-Java",
            "java-64-callers-to-grpc-java",
            results ->
                results
                    .of(name(), Pairs.JAVA_JAVA)
                    .at(CALLERS, MOST)
                    .ratio(RATE, Contestants.GRPC_JAVA)));
    targets.add(fairness("java", Pairs.JAVA_JAVA));
    targets.add(fairness("cpp", Pairs.CPP_CPP));
    return targets;
  }

  /** The issue asks for fair callers without a bound; this is what one would call fair. */
  private Target fairness(String language, String pair) {
    return Target.atLeast(
        0.8,
        "fewest/most calls of a caller",
        language + "-64-callers-fairness",
        results ->
            results.of(name(), pair).at(CALLERS, MOST).value("fewest")
                / results.of(name(), pair).at(CALLERS, MOST).value("most"));
  }
}
