package dev.parley.benchmarks.report;

import dev.parley.benchmarks.report.Target.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** {@code report.md}: the targets, then a table for each point of each row. */
public final class MarkdownReport {
  /** The figures that are told beside the one that a row is about, as far as there are any. */
  private static final List<String> BESIDE =
      List.of(
          "p50_ns",
          "p90_ns",
          "p99_ns",
          "max_ns",
          "fewest",
          "most",
          "switches_per_second",
          "client_heap_bytes_each",
          "server_heap_bytes_each",
          "client_resident_bytes_each",
          "server_resident_bytes_each",
          "client_threads_each",
          "server_threads_each",
          "server_bytes",
          "message_bytes",
          "allocated_bytes");

  private MarkdownReport() {}

  public static String of(Report report) {
    StringBuilder out = new StringBuilder("# Parley benchmarks\n\n");
    out.append("Command: `").append(report.command()).append("`\n\n");
    report.machine().forEach((name, fact) -> out.append("- " + name + ": " + fact + "\n"));
    for (String note : report.notes()) {
      out.append("\nNot measured: ").append(note).append('\n');
    }
    out.append("\n## Targets\n\n").append(targets(report.verdicts()));
    out.append(
        "\n## Figures\n\nA ratio is the median of the rounds' ratios. Of a time, below 1 is");
    out.append(" better than what it is compared with; of a rate, above 1.\n");
    report.rows().forEach((row, about) -> out.append(row(row, about, report.results().of(row))));
    out.append("\n## Who is who\n\n");
    report.contestants().forEach((name, about) -> out.append("- `" + name + "`: " + about + "\n"));
    return out.toString();
  }

  /** One line a target. */
  static String targets(List<Verdict> verdicts) {
    StringBuilder out = new StringBuilder("| | measured | target | unit | met |\n");
    out.append("|---|---:|---:|---|---|\n");
    for (Verdict verdict : verdicts) {
      Target target = verdict.target();
      out.append("| ").append(target.name());
      out.append(" | ").append(number(verdict.value(), target.unit()));
      out.append(" | ").append(target.isCeiling() ? "<= " : ">= ");
      out.append(number(target.bound(), target.unit()));
      out.append(" | ").append(target.unit());
      out.append(" | ").append(verdict.isMet().map(met -> met ? "yes" : "**no**").orElse("-"));
      out.append(" |\n");
    }
    return out.toString();
  }

  private static String number(double value, String unit) {
    return unit.endsWith("/s") ? Quantity.text(value, "1/s") : Quantity.text(value, "1");
  }

  private static String row(String row, String about, List<Result> results) {
    if (results.isEmpty()) {
      return "";
    }
    Map<String, List<Result>> points = new LinkedHashMap<>();
    for (Result result : results) {
      points.computeIfAbsent(point(result), point -> new ArrayList<>()).add(result);
    }
    StringBuilder out = new StringBuilder("\n### ").append(row).append("\n\n");
    out.append(about).append('\n');
    points.forEach((point, those) -> out.append("\n**" + point + "**\n\n").append(table(those)));
    return out.toString();
  }

  private static String point(Result result) {
    List<String> words = new ArrayList<>();
    for (String axis : new TreeSet<>(result.axes().keySet())) {
      int at = result.axes().getOrDefault(axis, 0);
      words.add(axis.equals("size") ? Quantity.size(at) : axis.replace('_', ' ') + " " + at);
    }
    words.add(result.placement());
    return String.join(", ", words);
  }

  private static String table(List<Result> results) {
    List<String> bases =
        results.stream()
            .flatMap(result -> result.main().ratios().keySet().stream())
            .distinct()
            .toList();
    StringBuilder out = new StringBuilder("| | ").append(results.get(0).main().name());
    bases.forEach(base -> out.append(" | to ").append(base));
    out.append(" | beside |\n|---|---:|").append("---:|".repeat(bases.size())).append("---|\n");
    for (Result result : results) {
      Figure main = result.main();
      out.append("| ").append(result.contestant());
      out.append(" | ").append(Quantity.text(main.value(), main.unit()));
      bases.forEach(base -> out.append(" | ").append(Quantity.ratio(main.ratio(base))));
      out.append(" | ").append(beside(result)).append(" |\n");
    }
    return out.toString();
  }

  private static String beside(Result result) {
    return BESIDE.stream()
        .filter(name -> !name.equals(result.main().name()))
        .flatMap(name -> result.figure(name).stream())
        .map(figure -> words(figure.name()) + " " + Quantity.text(figure.value(), figure.unit()))
        .collect(Collectors.joining(", "));
  }

  private static String words(String figure) {
    return figure.replaceAll("_(ns|per_second)$", "").replace('_', ' ');
  }
}
