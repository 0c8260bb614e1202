package dev.parley.benchmarks.jmh;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Runs benchmarks and writes one line a result: {@code name size score unit bytesPerOperation},
 * with tabs between. Arguments: the file, {@code quick} or {@code full}, the words that start
 * another process on its core (may be empty), which benchmarks (a regular expression), and the
 * sizes.
 */
public final class JmhMain {
  private static final String ALLOCATED = "gc.alloc.rate.norm";

  private JmhMain() {}

  public static void main(String[] words) throws RunnerException {
    Path out = Path.of(words[0]);
    boolean quick = words[1].equals("quick");
    String[] sizes = new String[words.length - 4];
    System.arraycopy(words, 4, sizes, 0, sizes.length);
    Options options =
        new OptionsBuilder()
            .include(words[3])
            .param("size", sizes)
            .forks(1)
            .warmupIterations(quick ? 2 : 5)
            .warmupTime(TimeValue.seconds(1))
            .measurementIterations(quick ? 1 : 5)
            .measurementTime(TimeValue.milliseconds(quick ? 500 : 1000))
            .addProfiler(GCProfiler.class)
            .jvmArgs(
                "-XX:+UseParallelGC",
                "-Xms256m",
                "-Xmx1g",
                "-D" + OtherProcess.PREFIX + "=" + words[2])
            .shouldFailOnError(true)
            .build();
    for (RunResult result : new Runner(options).run()) {
      write(out, result);
    }
  }

  private static void write(Path out, RunResult result) {
    Result<?> score = result.getPrimaryResult();
    Result<?> allocated = result.getSecondaryResults().get(ALLOCATED);
    String line =
        String.format(
            Locale.ROOT,
            "%s\t%s\t%.4f\t%s\t%.1f%n",
            score.getLabel(),
            result.getParams().getParam("size"),
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
