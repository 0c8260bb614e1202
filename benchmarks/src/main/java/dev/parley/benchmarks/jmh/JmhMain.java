package dev.parley.benchmarks.jmh;

import dev.parley.benchmarks.Plan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Runs all benchmarks with the numbers in flight that the plan has, and writes one line a result:
 * {@code name size inFlight score unit bytesPerOperation}, with tabs between. Arguments: the file,
 * {@code quick} or {@code full}, the words that start the server on its core (may be empty), the
 * sizes with commas between.
 */
public final class JmhMain {
  private static final List<Integer> IN_FLIGHT = List.of(1, 16, 256);
  private static final String ALLOCATED = "gc.alloc.rate.norm";

  private final Path out;
  private final boolean quick;
  private final String prefix;

  private JmhMain(Path out, boolean quick, String prefix) {
    this.out = out;
    this.quick = quick;
    this.prefix = prefix;
  }

  public static void main(String[] words) throws RunnerException {
    JmhMain run = new JmhMain(Path.of(words[0]), words[1].equals("quick"), words[2]);
    String[] sizes = words[3].split(",", -1);
    for (String size : sizes) {
      if (!run.quick || size.equals(sizes[0])) {
        run.codec(size);
      }
      for (int inFlight : IN_FLIGHT) {
        if (Plan.isFeasible(Integer.parseInt(size), inFlight)) {
          run.blocking(size, inFlight);
          run.async(size, inFlight);
        }
      }
    }
  }

  private void codec(String size) throws RunnerException {
    run(options(EnvelopeCodecBenchmark.class, size), 0);
  }

  private void blocking(String size, int inFlight) throws RunnerException {
    run(options(BlockingUnaryBenchmark.class, size).threads(inFlight), inFlight);
  }

  private void async(String size, int inFlight) throws RunnerException {
    run(
        options(AsyncUnaryBenchmark.class, size).param("inFlight", Integer.toString(inFlight)),
        inFlight);
  }

  private ChainedOptionsBuilder options(Class<?> benchmark, String size) {
    return new OptionsBuilder()
        .include("\\." + benchmark.getSimpleName() + "\\.")
        .param("size", size)
        .forks(1)
        .warmupIterations(quick ? 1 : 3)
        .warmupTime(TimeValue.milliseconds(quick ? 700 : 1000))
        .measurementIterations(quick ? 1 : 5)
        .measurementTime(TimeValue.milliseconds(quick ? 500 : 1000))
        .addProfiler(GCProfiler.class)
        .jvmArgs(
            "-XX:+UseParallelGC", "-Xms256m", "-Xmx1g", "-D" + ServerProcess.PREFIX + "=" + prefix)
        .shouldFailOnError(true);
  }

  private void run(ChainedOptionsBuilder options, int inFlight) throws RunnerException {
    Collection<RunResult> results = new Runner(options.build()).run();
    for (RunResult result : results) {
      write(result, inFlight);
    }
  }

  private void write(RunResult result, int inFlight) {
    Result<?> score = result.getPrimaryResult();
    Result<?> allocated = result.getSecondaryResults().get(ALLOCATED);
    String line =
        String.format(
            Locale.ROOT,
            "%s\t%s\t%d\t%.4f\t%s\t%.1f%n",
            score.getLabel(),
            result.getParams().getParam("size"),
            inFlight,
            score.getScore(),
            score.getScoreUnit(),
            allocated == null ? Double.NaN : allocated.getScore());
    try {
      Files.writeString(out, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
