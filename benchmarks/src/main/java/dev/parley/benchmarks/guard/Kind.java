package dev.parley.benchmarks.guard;

import java.util.Locale;

/** What a figure counts, and by how much it may differ from what was recorded. */
public enum Kind {
  /** Bytes allocated an operation; the JVM aligns objects to 8. */
  ALLOCATION("B", 0, 8),
  /** Instructions run an operation; which copy of bytes libc picks depends on the processor. */
  INSTRUCTIONS("instructions", 0.03, 1);

  private final String unit;
  private final double part;
  private final double least;

  Kind(String unit, double part, double least) {
    this.unit = unit;
    this.part = part;
    this.least = least;
  }

  /** The kind as it stands in the names of figures. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  String unit() {
    return unit;
  }

  /** By how much a measured figure may differ from that recorded one, either way. */
  double tolerance(double recorded) {
    return Math.max(least, part * recorded);
  }
}
