package dev.parley.benchmarks.run;

import java.util.List;
import java.util.Locale;

/** Where the two processes run: it decides more about a round trip than anything else. */
public enum Placement {
  /** Each on a core of its own: the wake-up of a sleeping core is part of what is measured. */
  APART,
  /** Both on one core: they take turns, and spinning gains nothing. */
  TOGETHER,
  /** Where the kernel puts them, which changes from moment to moment: for information. */
  FREE;

  /** Those that latencies are judged in. */
  public static final List<Placement> JUDGED = List.of(APART, TOGETHER);

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
