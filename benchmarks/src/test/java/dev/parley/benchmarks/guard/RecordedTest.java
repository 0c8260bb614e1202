package dev.parley.benchmarks.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordedTest {
  @TempDir private Path folder;

  private Path file() {
    return folder.resolve("guard.properties");
  }

  private static Figures allocated(String environment, Map<String, Double> values) {
    return new Figures(Kind.ALLOCATION, environment, values);
  }

  private static Figures run(double instructions) {
    return new Figures(Kind.INSTRUCTIONS, "GCC", Map.of("encode", instructions));
  }

  private Recorded recorded(Figures... all) throws IOException {
    Recorded recorded = Recorded.read(file());
    for (Figures figures : all) {
      recorded = recorded.with(figures);
    }
    recorded.write(file());
    return Recorded.read(file());
  }

  @Test
  void aFigureWithinTheToleranceIsNoFault() throws IOException {
    Recorded recorded = recorded(allocated("JDK 17", Map.of("a.b", 100.0)), run(1000));
    assertThat(recorded.faults(allocated("JDK 17", Map.of("a.b", 108.0)))).isEmpty();
    assertThat(recorded.faults(allocated("JDK 17", Map.of("a.b", 92.0)))).isEmpty();
    assertThat(recorded.faults(run(1030))).isEmpty();
  }

  @Test
  void aFigureOutsideTheToleranceIsNamedWithBothValuesWhetherDearerOrCheaper() throws IOException {
    Recorded recorded = recorded(allocated("JDK 17", Map.of("a.b", 100.0)), run(1000));
    assertThat(recorded.faults(allocated("JDK 17", Map.of("a.b", 109.0))))
        .containsExactly(
            "allocation of a.b: recorded 100 B, measured 109, which differs by more than 8");
    assertThat(recorded.faults(run(960)))
        .containsExactly(
            "instructions of encode: recorded 1000 instructions, measured 960, which differs by"
                + " more than 30");
  }

  @Test
  void aBenchmarkThatIsNewOrGoneIsAFault() throws IOException {
    Recorded recorded = recorded(allocated("JDK 17", Map.of("a.b", 100.0)));
    assertThat(recorded.faults(allocated("JDK 17", Map.of("a.c", 7.0))))
        .containsExactly(
            "allocation of a.b: recorded 100 B, measured nothing",
            "allocation of a.c: recorded nothing, measured 7 B");
  }

  @Test
  void figuresOfAnotherEnvironmentAreNotCompared() throws IOException {
    Recorded recorded = recorded(allocated("JDK 17", Map.of("a.b", 100.0)));
    assertThat(recorded.compares(allocated("JDK 17", Map.of()))).isTrue();
    assertThat(recorded.compares(allocated("JDK 25", Map.of()))).isFalse();
    assertThat(recorded.compares(run(1))).isFalse();
  }

  @Test
  void recordingAnewDropsTheFiguresOfThatKindAlone() throws IOException {
    recorded(allocated("JDK 17", Map.of("a.b", 100.0)), run(1000));
    Recorded anew = recorded(allocated("JDK 25", Map.of("a.c", 5.0)));
    assertThat(anew.faults(allocated("JDK 25", Map.of("a.c", 5.0)))).isEmpty();
    assertThat(anew.faults(run(1000))).isEmpty();
  }
}
