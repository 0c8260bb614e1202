package dev.parley.benchmarks.program;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class FiguresTest {
  @Test
  void aRateIsOperationsBySeconds() {
    assertThat(Figures.rate(30, 1.5))
        .hasToString("{\"operations\": 30, \"seconds\": 1.500000, \"operations_per_second\": 20}");
  }

  @Test
  void noFiguresAreAnEmptyObject() {
    assertThat(Figures.NONE).hasToString("{}");
  }

  @Test
  void timesAreToldByTheirQuantiles() {
    Times times = new Times();
    for (int nanos = 1; nanos <= 100; nanos++) {
      times.record(nanos);
    }
    assertThat(times.figures(1).toString())
        .contains("\"operations\": 100,", "\"p50_ns\": 50,", "\"p99_ns\": 99,", "\"max_ns\": 100");
  }

  @Test
  void timesOfSeveralAreTimesOfAll() {
    Times all = new Times();
    Times others = new Times();
    others.record(5);
    all.record(7);
    all.add(others);
    assertThat(all.count()).isEqualTo(2);
  }
}
