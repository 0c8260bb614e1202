package dev.parley.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class RoundsTest {
  @Test
  void theMedianIsTheMiddleOne() {
    assertThat(Rounds.median(new double[] {9, 1, 5})).isEqualTo(5);
  }

  @Test
  void theMedianOfAnEvenNumberLiesBetweenTheTwoInTheMiddle() {
    assertThat(Rounds.median(new double[] {9, 1, 5, 7})).isEqualTo(6);
  }

  @Test
  void largeMessagesAreNotSentInLargeNumbers() {
    assertThat(Plan.isFeasible(64, 256)).isTrue();
    assertThat(Plan.isFeasible(1 << 20, 256)).isFalse();
  }
}
