package dev.parley.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReportTest {
  private static final Result LATENCY =
      new Result("raw", "latency", "apart", 4096, 1, "ns", 4000, 0.125, Map.of("p99_ns", 9000.0));
  private static final Result CODEC =
      new Result("codec", "codec", "apart", 64, 0, "ns", 31.5, Double.NaN, Map.of());

  @TempDir Path folder;

  private static Report report(Result... results) {
    return new Report(
        "scripts/bench \"x\"",
        Map.of("cores", "2"),
        List.of("floor: not built"),
        Map.of("raw", "bare channels"),
        List.of(results));
  }

  @Test
  void aPageNamesTheCommandTheMachineAndWhatIsMissing() {
    assertThat(report().markdown())
        .contains("`scripts/bench \"x\"`", "- cores: 2", "Not measured: floor: not built")
        .contains("- `raw`: bare channels");
  }

  @Test
  void aRowHasTimesInMicrosecondsAndTheRatio() {
    assertThat(report(LATENCY).markdown())
        .contains("## latency, 4 KiB, 1 in flight, apart")
        .contains("| raw | 4.00 | 9.0 | NaN | 0.13 |");
  }

  @Test
  void aResultWithoutAFloorHasNoRatio() throws Exception {
    report(CODEC).write(folder);
    assertThat(Files.readString(folder.resolve("report.json"))).contains("\"ratio\": null");
    assertThat(report(CODEC).markdown()).contains("| codec | 31.5 | ns |  |  |");
  }

  @Test
  void jsonQuotesWhatJsonMustQuote() throws Exception {
    report(LATENCY).write(folder);
    assertThat(Files.readString(folder.resolve("report.json")))
        .contains("\"command\": \"scripts/bench \\\"x\\\"\"")
        .contains("\"p99_ns\": 9000.0000");
  }
}
