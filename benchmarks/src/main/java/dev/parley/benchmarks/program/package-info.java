/** What programs written in Java share: their commands, as PROGRAMS.md has them. */
@NullMarked
package dev.parley.benchmarks.program;

import org.jspecify.annotations.NullMarked;
