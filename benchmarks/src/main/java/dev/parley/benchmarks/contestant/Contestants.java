package dev.parley.benchmarks.contestant;

import dev.parley.benchmarks.contestant.ParleyPair.Language;
import java.util.List;

/** Everybody who is measured. */
public final class Contestants {
  /** The name of the one that every ratio is taken to. */
  public static final String FLOOR = "floor-blocking";

  private Contestants() {}

  /** All of them, in the order of the report; the floor that ratios are taken to comes first. */
  public static List<Contestant> all(Installation installation) {
    return List.of(
        new BlockingFloor(installation),
        new SpinningFloor(installation),
        new YieldingFloor(installation),
        new RawBlocking(installation),
        new RawSelector(installation),
        new RawPolling(installation),
        new ParleyPair(installation, Language.JAVA, Language.JAVA),
        new ParleyPair(installation, Language.JAVA, Language.CPP),
        new ParleyPair(installation, Language.CPP, Language.JAVA),
        new ParleyPair(installation, Language.CPP, Language.CPP));
  }
}
