/** What every client program written in Java shares: its commands and its histogram. */
@NullMarked
package dev.parley.benchmarks.program;

import org.jspecify.annotations.NullMarked;
