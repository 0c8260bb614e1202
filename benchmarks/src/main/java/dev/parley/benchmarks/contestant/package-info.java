/**
 * Who is measured: one class a contestant, listed in {@link
 * dev.parley.benchmarks.contestant.Contestants}.
 */
@NullMarked
package dev.parley.benchmarks.contestant;

import org.jspecify.annotations.NullMarked;
