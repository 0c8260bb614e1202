package dev.parley.benchmarks.row;

import dev.parley.benchmarks.jmh.JmhRun;
import dev.parley.benchmarks.jmh.JmhRun.Score;
import dev.parley.benchmarks.report.Figure;
import dev.parley.benchmarks.report.Result;
import dev.parley.benchmarks.report.Target;
import dev.parley.benchmarks.run.Plan;
import dev.parley.benchmarks.run.Site;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** What a blocking call allocates on each side, beyond the messages of the user. */
final class Allocation implements Row {
  private static final String CLIENT = "client_bytes";
  private static final String SERVER = "server_bytes";

  @Override
  public String name() {
    return "allocation";
  }

  @Override
  public String about() {
    return "JMH with its gc profiler: what all threads of a process allocate for one blocking call of 64 B, at the"
        + " client and at the server, beyond parsing the one message that each of them gets.";
  }

  @Override
  public List<Result> measure(Site site) throws IOException, InterruptedException {
    if (site.contestants(it -> it.name().equals(Pairs.JAVA_JAVA)).isEmpty()) {
      return List.of();
    }
    site.say(name());
    List<Score> scores =
        JmhRun.run(site, "\\.(BlockingUnary|ServedUnary|Message)Benchmark\\.", List.of(Plan.SMALL));
    double message = allocated(scores, "message");
    return List.of(
        new Result(
            name(),
            Pairs.JAVA_JAVA,
            site.pinned().toString(),
            Map.of(SIZE, Plan.SMALL),
            List.of(
                Figure.of(CLIENT, allocated(scores, "blocking") - message),
                Figure.of(SERVER, allocated(scores, "served") - message),
                Figure.of("message_bytes", message))));
  }

  private static double allocated(List<Score> scores, String benchmark) {
    return scores.stream()
        .filter(score -> score.name().equals(benchmark))
        .mapToDouble(Score::allocatedBytes)
        .findFirst()
        .orElse(Double.NaN);
  }

  @Override
  public List<Target> targets() {
    return List.of(
        target("java-allocation-client", CLIENT), target("java-allocation-server", SERVER));
  }

  private Target target(String target, String figure) {
    return Target.atMost(
        120, "B a call", target, results -> results.of(name(), Pairs.JAVA_JAVA).value(figure));
  }
}
