/** Chooses cases, holds each against each pair of languages, and reports. */
@NullMarked
package dev.parley.conformance.runner;

import org.jspecify.annotations.NullMarked;
