package dev.parley.benchmarks.report;

import java.util.List;
import java.util.Map;

/** {@code readme.md}: the few figures that a visitor wants, as the README shows them. */
public final class MainTable {
  /** A column: what to look for, and its title. */
  private record Column(String title, String row, String placement, int inFlight, String figure) {
    String cell(Results results, String contestant) {
      Results.Search search = results.of(row, contestant).in(placement);
      Results.Search found = inFlight > 0 ? search.at("in_flight", inFlight) : search;
      return Quantity.text(found.value(figure), figure.endsWith("_ns") ? "ns" : "1/s");
    }
  }

  private static final List<Column> COLUMNS =
      List.of(
          new Column("p50, two cores", "latency", "apart", 0, "p50_ns"),
          new Column("p99", "latency", "apart", 0, "p99_ns"),
          new Column("p50, one core", "latency", "together", 0, "p50_ns"),
          new Column("p99", "latency", "together", 0, "p99_ns"),
          new Column("256 in flight", "callbacks", "free", 256, "operations_per_second"));

  private MainTable() {}

  public static String of(Report report) {
    StringBuilder out =
        new StringBuilder("One blocking call of 64 B at a time, and calls a second with");
    out.append(" 256 in flight over one connection; medians of turns taken alternately.\n\n|");
    COLUMNS.forEach(column -> out.append(" | ").append(column.title()));
    out.append(" |\n|---|").append("---:|".repeat(COLUMNS.size())).append('\n');
    for (Map.Entry<String, String> contestant : report.contestants().entrySet()) {
      List<String> cells =
          COLUMNS.stream()
              .map(column -> column.cell(report.results(), contestant.getKey()))
              .toList();
      if (!cells.stream().allMatch(String::isEmpty)) {
        out.append("| ").append(contestant.getValue());
        cells.forEach(cell -> out.append(" | ").append(cell));
        out.append(" |\n");
      }
    }
    Map<String, String> machine = report.machine();
    out.append(
        String.format(
            "%n%s, `%s`: %s cores (%s), %s, %s.%n%n"
                + "![Round trips by percentile, two cores](benchmarks/latency.svg)%n",
            machine.getOrDefault("when", "").replaceAll("T.*", ""),
            report.command(),
            machine.getOrDefault("cores", "?"),
            machine.getOrDefault("processor", "?"),
            machine.getOrDefault("kernel", "?"),
            machine.getOrDefault("jdk", "?")));
    return out.toString();
  }
}
