@NullMarked
package dev.parley.conformance.program;

import org.jspecify.annotations.NullMarked;
