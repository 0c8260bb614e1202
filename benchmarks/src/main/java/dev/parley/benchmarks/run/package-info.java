/**
 * How a run goes: programs are started, moved from core to core, and take turns at what a row asks
 * of them.
 */
@NullMarked
package dev.parley.benchmarks.run;

import org.jspecify.annotations.NullMarked;
