package dev.parley.benchmarks.row;

import dev.parley.benchmarks.jmh.JmhRun;
import dev.parley.benchmarks.report.Figure;
import dev.parley.benchmarks.report.Result;
import dev.parley.benchmarks.report.Target;
import dev.parley.benchmarks.run.Plan;
import dev.parley.benchmarks.run.Site;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** The envelope alone, without a socket. */
final class Codec implements Row {
  @Override
  public String name() {
    return "codec";
  }

  @Override
  public String about() {
    return "JMH: the envelope of a REQUEST to bytes and back, by hand and by protobuf's own classes.";
  }

  @Override
  public List<Result> measure(Site site) throws IOException, InterruptedException {
    if (site.plan().quick()) {
      // No target needs it.
      return List.of();
    }
    site.say(name());
    return JmhRun.run(
            site, "\\.EnvelopeCodecBenchmark\\.", List.of(Plan.SMALL, 4 << 10, Plan.MEBIBYTE))
        .stream()
        .map(
            score ->
                new Result(
                    name(),
                    score.name(),
                    site.pinned().toString(),
                    Map.of(SIZE, score.size()),
                    List.of(
                        Figure.of("mean_ns", score.score()),
                        Figure.of("allocated_bytes", score.allocatedBytes()))))
        .toList();
  }

  @Override
  public List<Target> targets() {
    return List.of();
  }
}
