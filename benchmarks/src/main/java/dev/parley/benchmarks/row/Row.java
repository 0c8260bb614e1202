package dev.parley.benchmarks.row;

import dev.parley.benchmarks.report.Result;
import dev.parley.benchmarks.report.Target;
import dev.parley.benchmarks.run.Site;
import java.io.IOException;
import java.util.List;

/**
 * Something that is measured of several contestants, and the targets that it shows.
 *
 * <p>To add one: a class here, and a line in {@link Rows}.
 */
public interface Row {
  /** The name of the axis of a message's payload, in bytes. */
  String SIZE = "size";

  /** Stable and unique: reports and options use it. */
  String name();

  /** What is measured, and how, in a sentence or two for the report. */
  String about();

  /** Measures everybody who can. What cannot be measured is noted at the site. */
  List<Result> measure(Site site) throws IOException, InterruptedException;

  /** The targets that this row has the figures for. */
  List<Target> targets();
}
