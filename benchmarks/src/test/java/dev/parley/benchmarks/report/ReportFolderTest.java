package dev.parley.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.benchmarks.report.Target.Verdict;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReportFolderTest {
  private static final Result FLOOR = latency(Report.FLOOR, 40_000);
  private static final Result OURS =
      new Result(
          "latency",
          "ours",
          "apart",
          Map.of("size", 64),
          List.of(
              new Figure("p50_ns", 4830, Map.of(Report.FLOOR, 0.104)),
              Figure.of("p99_ns", 21_000)));
  private static final Target KEPT =
      Target.atMost(
          0.13,
          "x the floor",
          "ours-apart",
          results -> results.of("latency", "ours").ratio("p50_ns", Report.FLOOR));
  private static final Target MISSING =
      Target.atLeast(
          3e6, "calls/s", "ours-calls", results -> results.of("calls", "ours").value("rate"));

  @TempDir Path folder;

  private static Result latency(String contestant, double nanos) {
    return new Result(
        "latency",
        contestant,
        "apart",
        Map.of("size", 64),
        List.of(Figure.of("p50_ns", nanos), Figure.of("p99_ns", nanos * 2)));
  }

  private String written(String file) throws Exception {
    Results results = new Results(List.of(FLOOR, OURS));
    List<Verdict> verdicts = List.of(KEPT.judge(results), MISSING.judge(results));
    ReportFolder.write(
        new Report(
            "scripts/bench \"x\"",
            Map.of("cores", "2", "when", "2026-11-21T10:00:00Z"),
            List.of("rival <x>: not built"),
            Map.of("ours", "typed calls"),
            Map.of("latency", "One call at a time."),
            results,
            verdicts),
        folder);
    return Files.readString(folder.resolve(file));
  }

  @Test
  void jsonHasEachTargetWithItsValueUnitBoundAndWhetherItIsMet() throws Exception {
    assertThat(written("report.json"))
        .contains(
            "\"ours-apart\": {\"value\": 0.104000, \"unit\": \"x the floor\", \"target\": 0.130000, "
                + "\"bound\": \"at most\", \"met\": true}")
        .contains(
            "\"ours-calls\": {\"value\": null, \"unit\": \"calls/s\", \"target\": 3000000, "
                + "\"bound\": \"at least\", \"met\": null}");
  }

  @Test
  void jsonHasEachFigureWithItsUnitAndItsRatioToTheFloor() throws Exception {
    assertThat(written("report.json"))
        .contains("\"row\": \"latency\", \"contestant\": \"ours\", \"placement\": \"apart\"")
        .contains(
            "{\"name\": \"p50_ns\", \"value\": 4830, \"unit\": \"ns\", \"ratio\": 0.104000, "
                + "\"ratios\": {\"floor-blocking\": 0.104000}}")
        .contains("\"name\": \"p99_ns\", \"value\": 21000, \"unit\": \"ns\", \"ratio\": null");
  }

  @Test
  void jsonQuotesWhatJsonMustQuote() throws Exception {
    assertThat(written("report.json")).contains("\"command\": \"scripts/bench \\\"x\\\"\"");
  }

  @Test
  void thePageHasTheTargetsAndATableForEachPoint() throws Exception {
    assertThat(written("report.md"))
        .contains("| ours-apart | 0.10 | <= 0.13 | x the floor | yes |")
        .contains("| ours-calls |  | >= 3 M/s | calls/s | - |")
        .contains("### latency\n\nOne call at a time.\n\n**64 B, apart**")
        .contains("| ours | 4.83 us | 0.10 | p99 21 us |")
        .contains("Not measured: rival <x>: not built");
  }

  @Test
  void theHtmlHoldsItsPlotsAndEscapesText() throws Exception {
    assertThat(written("report.html"))
        .contains("<figure id=\"latency-apart\">\n<svg")
        .contains("Round trip of a blocking call")
        .contains("rival &lt;x&gt;: not built")
        .doesNotContain("<?xml", "latency-connections");
  }

  @Test
  void aPlotIsAFileOfItsOwn() throws Exception {
    assertThat(written("latency-apart.svg")).startsWith("<?xml").contains("ours", "percentile");
  }

  @Test
  void theReadmesTableHasWhoWasMeasuredWithDateMachineAndCommand() throws Exception {
    assertThat(written("readme.md"))
        .contains("| typed calls | 4.83 us | 21 us |")
        .contains("2026-11-21, `scripts/bench \"x\"`: 2 cores");
  }
}
