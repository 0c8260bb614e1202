/** What is measured: a class a row, listed in {@link dev.parley.benchmarks.row.Rows}. */
@NullMarked
package dev.parley.benchmarks.row;

import org.jspecify.annotations.NullMarked;
