package dev.parley.benchmarks.program;

import org.HdrHistogram.Histogram;

/** How long operations took. For one thread. */
final class Times {
  private static final long LONGEST_NANOS = 60_000_000_000L;

  private final Histogram histogram = new Histogram(LONGEST_NANOS, 3);

  void record(long nanos) {
    histogram.recordValue(Math.min(nanos, LONGEST_NANOS));
  }

  void add(Times others) {
    histogram.add(others.histogram);
  }

  long count() {
    return histogram.getTotalCount();
  }

  /** Count, mean and quantiles, and the time that it took to gather them. */
  Figures figures(double seconds) {
    return Figures.of("operations", count())
        .and("seconds", seconds)
        .and("mean_ns", histogram.getMean())
        .and("p50_ns", histogram.getValueAtPercentile(50))
        .and("p90_ns", histogram.getValueAtPercentile(90))
        .and("p99_ns", histogram.getValueAtPercentile(99))
        .and("p999_ns", histogram.getValueAtPercentile(99.9))
        .and("max_ns", histogram.getMaxValue());
  }
}
