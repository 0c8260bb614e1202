/** Echo over JDK channels with nothing on top, in three ways to wait for bytes. */
@NullMarked
package dev.parley.benchmarks.raw;

import org.jspecify.annotations.NullMarked;
