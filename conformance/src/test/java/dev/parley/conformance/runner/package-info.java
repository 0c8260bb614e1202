@NullMarked
package dev.parley.conformance.runner;

import org.jspecify.annotations.NullMarked;
