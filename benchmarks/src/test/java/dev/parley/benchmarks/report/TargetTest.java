package dev.parley.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class TargetTest {
  private static final Results NONE = new Results(List.of());

  @Test
  void aCeilingIsMetByWhatIsAtMostIt() {
    assertThat(Target.atMost(2, "ms", "t", results -> 2).judge(NONE).isMet()).contains(true);
    assertThat(Target.atMost(2, "ms", "t", results -> 2.1).judge(NONE).isMet()).contains(false);
  }

  @Test
  void aFloorIsMetByWhatIsAtLeastIt() {
    assertThat(Target.atLeast(2, "1/s", "t", results -> 2).judge(NONE).isMet()).contains(true);
    assertThat(Target.atLeast(2, "1/s", "t", results -> 1.9).judge(NONE).isMet()).contains(false);
  }

  @Test
  void whatWasNotMeasuredIsNeitherMetNorMissed() {
    assertThat(
            Target.atMost(2, "ms", "t", results -> results.of("row", "who").value("p50_ns"))
                .judge(NONE)
                .isMet())
        .isEmpty();
  }
}
