/** The programs of Parley in Java, on generated stubs. */
@NullMarked
package dev.parley.benchmarks.parley;

import org.jspecify.annotations.NullMarked;
