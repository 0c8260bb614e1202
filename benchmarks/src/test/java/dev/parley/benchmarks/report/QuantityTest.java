package dev.parley.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class QuantityTest {
  @ParameterizedTest
  @CsvSource({
    "4830, ns, 4.83 us",
    "999, ns, 999 ns",
    "999999999, 1/s, 1.00 G/s",
    "2500000000, ns, 2.50 s",
    "65536, B, 64 KiB",
    "64, B, 64 B",
    "3210000, 1/s, 3.21 M/s",
    "0.104, 1, 0.10",
    "0.0123, 1, 0.0123",
    "12.34, %, 12.3 %",
    "1073741824, B/s, 1 GiB/s",
  })
  void readsAsPeopleWriteIt(double value, String unit, String text) {
    assertThat(Quantity.text(value, unit)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({
    "p50_ns, ns",
    "operations_per_second, 1/s",
    "bytes_per_second, B/s",
    "client_heap_bytes_each, B",
    "cpu_percent, %",
    "fewest, 1",
  })
  void theEndOfAFiguresNameIsItsUnit(String name, String unit) {
    assertThat(Figure.of(name, 1).unit()).isEqualTo(unit);
  }
}
