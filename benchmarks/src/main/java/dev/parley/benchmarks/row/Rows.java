package dev.parley.benchmarks.row;

import java.util.List;

/** Everything that is measured. */
public final class Rows {
  private Rows() {}

  /** All rows, in the order in which they are measured and reported. */
  public static List<Row> all() {
    return List.of(
        new Latency(),
        new CallForms(),
        new BesideSleep(),
        new IdleUse(),
        new PacedUse(),
        new Callbacks(),
        new Producer(),
        new Streams(),
        new Payload(),
        new BesideTransfer(),
        new Connections(),
        new StartUp(),
        new Callers(),
        new Allocation(),
        new Codec());
  }
}
