package dev.parley.benchmarks.report;

import java.awt.Color;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The colours of one plot's lines: greys for floors and bare channels, cold ones for Parley, warm
 * ones for rivals. They are those of Okabe and Ito, which people with any kind of sight can tell
 * apart. For one thread.
 */
final class Palette {
  private final Iterator<Color> floors = cycle(0x000000, 0x999999, 0x555555);
  private final Iterator<Color> ours = cycle(0x0072B2, 0x56B4E9, 0x009E73, 0x004466);
  private final Iterator<Color> rivals = cycle(0xD55E00, 0xE69F00, 0xCC79A7, 0xF0E442);

  private static Iterator<Color> cycle(Integer... colours) {
    return Stream.generate(() -> List.of(colours)).flatMap(List::stream).map(Color::new).iterator();
  }

  /** The colour of a contestant's line, each time another one. */
  Color next(String contestant) {
    if (contestant.startsWith("parley-")) {
      return ours.next();
    }
    boolean isBare = contestant.startsWith("floor-") || contestant.startsWith("raw-");
    return isBare ? floors.next() : rivals.next();
  }
}
