package dev.parley.benchmarks.row;

import dev.parley.benchmarks.contestant.Contestants;
import dev.parley.benchmarks.report.Result;
import dev.parley.benchmarks.report.Target;
import dev.parley.benchmarks.run.Placement;
import dev.parley.benchmarks.run.Site;
import java.io.IOException;
import java.util.List;

/** Many calls in flight over one connection, each issued by the completion of an earlier one. */
final class Callbacks implements Row {
  static final String IN_FLIGHT = "in_flight";
  private static final String RATE = "operations_per_second";

  @Override
  public String name() {
    return "callbacks";
  }

  @Override
  public String about() {
    return "Calls of 64 B in flight over one connection, each issued from the completion of an earlier one;"
        + " the floor writes up to 64 messages at once.";
  }

  @Override
  public List<Result> measure(Site site) throws IOException, InterruptedException {
    return new Sweep(
            name(),
            IN_FLIGHT,
            site.plan().inFlight(),
            Placement.FREE,
            RATE,
            (millis, point) -> "callbacks " + millis + " " + point)
        .measure(site, Pairs.compared(site, Contestants.GRPC_JAVA), site.plan().millisTimes(2));
  }

  @Override
  public List<Target> targets() {
    return List.of(
        Target.atLeast(
            3_000_000,
            "calls/s",
            "java-callbacks-256",
            results -> results.of(name(), Pairs.JAVA_JAVA).at(IN_FLIGHT, 256).value(RATE)),
        Target.atLeast(
            20,
            "x gRPC-Java",
            "java-callbacks-256-to-grpc-java",
            results ->
                results
                    .of(name(), Pairs.JAVA_JAVA)
                    .at(IN_FLIGHT, 256)
                    .ratio(RATE, Contestants.GRPC_JAVA)),
        Target.atLeast(
            3_000_000,
            "calls/s",
            "cpp-callbacks-256",
            results -> results.of(name(), Pairs.CPP_CPP).at(IN_FLIGHT, 256).value(RATE)));
  }
}
