/**
 * The guard against calls that become dearer: figures that do not depend on time, bytes allocated
 * and instructions run, compared with those in {@code benchmarks/guard.properties}.
 */
@NullMarked
package dev.parley.benchmarks.guard;

import org.jspecify.annotations.NullMarked;
