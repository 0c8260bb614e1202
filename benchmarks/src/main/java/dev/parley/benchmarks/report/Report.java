package dev.parley.benchmarks.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a run has found, as a page for people and as JSON.
 *
 * @param command what was typed
 * @param machine what it ran on
 * @param notes what could not be measured, and why
 * @param contestants what each name stands for
 * @param results in the order in which they were measured
 */
public record Report(
    String command,
    Map<String, String> machine,
    List<String> notes,
    Map<String, String> contestants,
    List<Result> results) {

  /** Writes {@code report.md} and {@code report.json}. */
  public void write(Path folder) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("report.md"), markdown());
    Files.writeString(folder.resolve("report.json"), json());
  }

  /** One line a result, below a title for each group of them. */
  public String markdown() {
    StringBuilder out = new StringBuilder("# Parley benchmarks\n\n");
    out.append("Command: `").append(command).append("`\n\n");
    machine.forEach(
        (key, value) -> out.append("- ").append(key).append(": ").append(value).append('\n'));
    out.append("\nA ratio is to the floor of the same run: C, blocking read, the same placement, ");
    out.append(
        "size and number in flight.\nOf a time, below 1 is better than the floor; of a rate, ");
    out.append("above 1.\n");
    for (String note : notes) {
      out.append("\nNot measured: ").append(note).append('\n');
    }
    Map<String, StringBuilder> groups = new LinkedHashMap<>();
    for (Result result : results) {
      groups.computeIfAbsent(title(result), Report::head).append(row(result));
    }
    groups.forEach((title, rows) -> out.append("\n## ").append(title).append("\n\n").append(rows));
    out.append("\n## Who is who\n\n");
    contestants.forEach((name, about) -> out.append("- `" + name + "`: " + about + "\n"));
    return out.toString();
  }

  private static String title(Result result) {
    StringBuilder title = new StringBuilder(result.workload());
    if (result.size() > 0) {
      title.append(", ").append(sizeText(result.size()));
    }
    if (result.inFlight() > 0) {
      title.append(", ").append(result.inFlight()).append(" in flight");
    }
    return title.append(", ").append(result.placement()).toString();
  }

  private static String sizeText(int bytes) {
    if (bytes % (1 << 20) == 0) {
      return (bytes >> 20) + " MiB";
    }
    return bytes % 1024 == 0 ? (bytes >> 10) + " KiB" : bytes + " B";
  }

  private static StringBuilder head(String title) {
    return new StringBuilder(
        title.startsWith("latency")
            ? "| | p50 us | p99 us | mean us | ratio of p50 |\n|---|---:|---:|---:|---:|\n"
            : "| | value | | ratio | B/op |\n|---|---:|---|---:|---:|\n");
  }

  private static String row(Result result) {
    if (result.workload().equals("latency")) {
      return String.format(
          Locale.ROOT,
          "| %s | %.2f | %.1f | %.2f | %s |%n",
          result.contestant(),
          result.value() / 1000,
          figure(result, "p99_ns") / 1000,
          figure(result, "mean_ns") / 1000,
          ratioText(result.ratio()));
    }
    double allocated = figure(result, "bytes_per_operation");
    return String.format(
        Locale.ROOT,
        "| %s | %s | %s | %s | %s |%n",
        result.contestant(),
        result.value() >= 10_000
            ? String.format(Locale.ROOT, "%,.0f", result.value())
            : String.format(Locale.ROOT, "%.1f", result.value()),
        result.unit(),
        ratioText(result.ratio()),
        Double.isNaN(allocated) ? "" : String.format(Locale.ROOT, "%,.0f", allocated));
  }

  private static double figure(Result result, String key) {
    return result.more().getOrDefault(key, Double.NaN);
  }

  private static String ratioText(double ratio) {
    if (Double.isNaN(ratio)) {
      return "";
    }
    return String.format(Locale.ROOT, ratio < 0.1 ? "%.4f" : "%.2f", ratio);
  }

  private String json() {
    StringBuilder out = new StringBuilder("{\n");
    out.append("  \"command\": ").append(text(command)).append(",\n");
    out.append("  \"machine\": ").append(texts(machine)).append(",\n");
    out.append("  \"not_measured\": [");
    out.append(String.join(", ", notes.stream().map(Report::text).toList())).append("],\n");
    out.append("  \"contestants\": ").append(texts(contestants)).append(",\n");
    out.append("  \"results\": [\n    ");
    out.append(String.join(",\n    ", results.stream().map(Report::json).toList()));
    return out.append("\n  ]\n}\n").toString();
  }

  private static String json(Result result) {
    StringBuilder more = new StringBuilder();
    result
        .more()
        .forEach(
            (key, value) ->
                more.append(more.length() == 0 ? "" : ", ")
                    .append(text(key))
                    .append(": ")
                    .append(number(value)));
    return String.format(
        Locale.ROOT,
        "{\"contestant\": %s, \"workload\": %s, \"placement\": %s, \"size\": %d, "
            + "\"in_flight\": %d, \"unit\": %s, \"value\": %s, \"ratio\": %s, \"more\": {%s}}",
        text(result.contestant()),
        text(result.workload()),
        text(result.placement()),
        result.size(),
        result.inFlight(),
        text(result.unit()),
        number(result.value()),
        number(result.ratio()),
        more);
  }

  private static String number(double value) {
    return Double.isNaN(value) || Double.isInfinite(value)
        ? "null"
        : String.format(Locale.ROOT, "%.4f", value);
  }

  private static String texts(Map<String, String> map) {
    return "{"
        + String.join(
            ", ",
            map.entrySet().stream().map(e -> text(e.getKey()) + ": " + text(e.getValue())).toList())
        + "}";
  }

  private static String text(String value) {
    return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
