package dev.parley.benchmarks.guard;

import dev.parley.benchmarks.jmh.ClientCallBenchmark;
import dev.parley.benchmarks.jmh.ClientStreamBenchmark;
import dev.parley.benchmarks.jmh.EnvelopeCodecBenchmark;
import dev.parley.benchmarks.jmh.ServerCallBenchmark;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** What operations allocate, by JMH's profiler: those whose whole path runs on one thread. */
final class Allocations {
  private static final String PER_OPERATION = "gc.alloc.rate.norm";

  private Allocations() {}

  /**
   * Measures them all.
   *
   * @param warmups how many iterations of half a second the compiler gets
   */
  static Figures measure(int warmups) throws RunnerException {
    Options options =
        new OptionsBuilder()
            .include("\\." + ClientCallBenchmark.class.getSimpleName() + "\\.")
            .include("\\." + ClientStreamBenchmark.class.getSimpleName() + "\\.")
            .include("\\." + ServerCallBenchmark.class.getSimpleName() + "\\.")
            .include("\\." + EnvelopeCodecBenchmark.class.getSimpleName() + "\\..*ByHand")
            .param("size", "64")
            .forks(1)
            .warmupIterations(warmups)
            .warmupTime(TimeValue.milliseconds(500))
            .measurementIterations(1)
            .measurementTime(TimeValue.milliseconds(300))
            .addProfiler(GCProfiler.class)
            .jvmArgs("-XX:+UseSerialGC", "-Xms128m", "-Xmx128m")
            .verbosity(VerboseMode.SILENT)
            .shouldFailOnError(true)
            .build();
    Map<String, Double> values = new TreeMap<>();
    for (RunResult result : new Runner(options).run()) {
      String benchmark = result.getParams().getBenchmark();
      String name =
          benchmark.substring(benchmark.lastIndexOf('.', benchmark.lastIndexOf('.') - 1) + 1);
      Result<?> allocated = Objects.requireNonNull(result.getSecondaryResults().get(PER_OPERATION));
      values.put(name, allocated.getScore());
    }
    return new Figures(Kind.ALLOCATION, "JDK " + Runtime.version().feature(), values);
  }
}
