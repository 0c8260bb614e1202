package dev.parley.connection.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * Two connections against each other through bytes that come in pieces, late, or not at all, by a
 * seed.
 *
 * <p>{@code -Dparley.simulation.seeds=N} plays seeds 0 to N - 1, {@code -Dparley.simulation.seed=S}
 * plays that one and prints its log.
 */
class SimulationTest {
  private static final int SEEDS = 2_000;

  @Test
  void whateverHappensToTheBytesEveryCallEndsOnceAndNothingRemains() {
    Long one = Long.getLong("parley.simulation.seed");
    if (one != null) {
      Simulation.play(one);
      return;
    }
    int seeds = Integer.getInteger("parley.simulation.seeds", SEEDS);
    for (long seed = 0; seed < seeds; seed++) {
      Simulation.play(seed);
    }
  }

  @Test
  void aSeedAlwaysComesToTheSame() {
    for (long seed = 0; seed < 20; seed++) {
      assertThat(Simulation.play(seed)).isEqualTo(Simulation.play(seed));
    }
  }
}
