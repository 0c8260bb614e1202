package dev.parley.benchmarks.run;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who takes turns at a command.
 *
 * @param name whose the figures are in the report
 * @param pair who does it; several entries may share one
 * @param command what it does
 * @param axes where it stands on the row's axes, by their names
 * @param against an entry of the same turns that it is compared with, beside the floor
 */
public record Entry(
    String name,
    RunningPair pair,
    String command,
    Map<String, Integer> axes,
    @Nullable Entry against) {
  /** An entry of a contestant under its own name, compared with the floor alone. */
  public static Entry of(RunningPair pair, String command, Map<String, Integer> axes) {
    return new Entry(pair.contestant().name(), pair, command, axes, null);
  }

  /** The same compared with that one, too. */
  public Entry against(Entry other) {
    return new Entry(name, pair, command, axes, other);
  }

  /** The same under another name. */
  public Entry named(String other) {
    return new Entry(other, pair, command, axes, against);
  }

  /** Whether its figures may be divided by those of {@code other}. */
  boolean comparesWith(Entry other) {
    return equals(other) || other.equals(against) || axes.equals(other.axes);
  }
}
