package dev.parley.conformance.runner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.conformance.runner.Outcome.Verdict;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReportTest {
  private static final Report REPORT =
      Report.of(
          List.of("java-c", "c-java"),
          List.of(
              new Outcome("java-c", "unary/small", Verdict.PASSED, "", 1, List.of()),
              new Outcome(
                  "java-c", "unary/large", Verdict.FAILED, "was \"small\"", 2, List.of("  trace")),
              new Outcome("c-java", "unary/small", Verdict.SKIPPED, "cannot", 3, List.of())));

  @TempDir private Path folder;

  @Test
  void eachPairHasItsLine() {
    assertThat(printed())
        .contains("\njava-c: 1 passed, 1 failed, 0 skipped\n")
        .contains("\nc-java: 0 passed, 0 failed, 1 skipped\n");
  }

  @Test
  void aFailureShowsItsTrace() {
    assertThat(printed()).contains("FAILED java-c unary/large: was \"small\"\n  trace\n");
    assertThat(printed()).contains("SKIPPED c-java unary/small: cannot\n");
    assertThat(REPORT.hasFailures()).isTrue();
  }

  @Test
  void theFileQuotesWhatItHolds() throws IOException {
    Path file = folder.resolve("target/report.json");
    REPORT.write(file);
    assertThat(Files.readString(file))
        .contains("\"reason\": \"was \\\"small\\\"\"")
        .contains("\"pair\": \"c-java\", \"passed\": 0, \"failed\": 0, \"skipped\": 1");
  }

  private static String printed() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    REPORT.print(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
