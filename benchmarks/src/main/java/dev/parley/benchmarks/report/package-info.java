/** Figures, the targets that they are held against, and the files that show them. */
@NullMarked
package dev.parley.benchmarks.report;

import org.jspecify.annotations.NullMarked;
