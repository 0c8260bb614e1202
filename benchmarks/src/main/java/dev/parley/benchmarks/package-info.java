/**
 * The benchmarks: contestants measured in rounds beside the native floor, and JMH.
 *
 * <p>{@code scripts/bench} runs them. A {@link dev.parley.benchmarks.contestant.Contestant} is a
 * pair of programs, a server and a client, in processes of their own; {@link
 * dev.parley.benchmarks.Rounds} lets them take turns; {@link dev.parley.benchmarks.report.Report}
 * says what came out, each figure with its ratio to the floor of the same run.
 */
@NullMarked
package dev.parley.benchmarks;

import org.jspecify.annotations.NullMarked;
