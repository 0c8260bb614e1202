/**
 * Benchmarks that run under JMH: the codec alone, and unary calls to a server in another process.
 */
@NullMarked
package dev.parley.benchmarks.jmh;

import org.jspecify.annotations.NullMarked;
