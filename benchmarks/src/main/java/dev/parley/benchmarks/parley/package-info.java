/** Echo through generated stubs. */
@NullMarked
package dev.parley.benchmarks.parley;

import org.jspecify.annotations.NullMarked;
