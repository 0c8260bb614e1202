package dev.parley.benchmarks.report;

import dev.parley.benchmarks.report.Target.Verdict;
import java.util.List;
import java.util.Map;

/**
 * What a run has found. {@link JsonReport}, {@link MarkdownReport}, {@link HtmlReport} and {@link
 * MainTable} write it.
 *
 * @param command what was typed
 * @param machine what it ran on, by name
 * @param notes what could not be measured, and why
 * @param contestants what each name stands for
 * @param rows what was measured in each row, by the rows' names
 * @param results in the order in which they were measured
 * @param verdicts on the targets of all rows that were measured
 */
public record Report(
    String command,
    Map<String, String> machine,
    List<String> notes,
    Map<String, String> contestants,
    Map<String, String> rows,
    Results results,
    List<Verdict> verdicts) {
  /** The name of whom every figure is compared with. */
  public static final String FLOOR = "floor-blocking";
}
