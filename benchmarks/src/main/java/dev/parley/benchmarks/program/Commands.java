package dev.parley.benchmarks.program;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/**
 * The commands that a client program reads from its standard input, one a line, each answered by
 * one line:
 *
 * <pre>
 *   latency MILLIS               {"operations": 3, "seconds": 0.1, "mean_ns": 7.0, "p50_ns": 5, ...}
 *   throughput MILLIS IN_FLIGHT  {"operations": 3, "seconds": 0.1, "operations_per_second": 30.0}
 * </pre>
 *
 * <p>or by {@code unsupported}. Before the first one it says {@code ready}; it ends when its input
 * does. Programs in other languages do the same.
 */
public final class Commands {
  private static final long LONGEST_NANOS = 60_000_000_000L;

  private Commands() {}

  /** Answers commands until there are no more. */
  public static void answer(EchoClient client) throws IOException, InterruptedException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    System.out.println("ready");
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] words = line.trim().split(" ", -1);
      if (words[0].equals("latency") && words.length == 2) {
        System.out.println(latency(client, Duration.ofMillis(Long.parseLong(words[1]))));
      } else if (words[0].equals("throughput") && words.length == 3) {
        Duration duration = Duration.ofMillis(Long.parseLong(words[1]));
        System.out.println(throughput(client, duration, Integer.parseInt(words[2])));
      } else {
        System.out.println("unsupported");
      }
    }
  }

  private static String latency(EchoClient client, Duration duration) throws IOException {
    Histogram histogram = new Histogram(LONGEST_NANOS, 3);
    long start = System.nanoTime();
    long end = start + duration.toNanos();
    long last = start;
    while (last - end < 0) {
      client.roundTrip();
      long now = System.nanoTime();
      histogram.recordValue(Math.min(now - last, LONGEST_NANOS));
      last = now;
    }
    double seconds = (last - start) / 1e9;
    return String.format(
        Locale.ROOT,
        "{\"operations\": %d, \"seconds\": %.6f, \"mean_ns\": %.1f, \"p50_ns\": %d, "
            + "\"p90_ns\": %d, \"p99_ns\": %d, \"p999_ns\": %d, \"max_ns\": %d}",
        histogram.getTotalCount(),
        seconds,
        seconds * 1e9 / histogram.getTotalCount(),
        histogram.getValueAtPercentile(50),
        histogram.getValueAtPercentile(90),
        histogram.getValueAtPercentile(99),
        histogram.getValueAtPercentile(99.9),
        histogram.getMaxValue());
  }

  private static String throughput(EchoClient client, Duration duration, int inFlight)
      throws IOException, InterruptedException {
    long start = System.nanoTime();
    long operations;
    try {
      operations = client.stream(duration, inFlight);
    } catch (UnsupportedOperationException e) {
      return "unsupported";
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    return String.format(
        Locale.ROOT,
        "{\"operations\": %d, \"seconds\": %.6f, \"operations_per_second\": %.1f}",
        operations,
        seconds,
        operations / seconds);
  }
}
