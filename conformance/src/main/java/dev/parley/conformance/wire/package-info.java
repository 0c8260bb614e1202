/** The runner's own side of the wire, apart from any runtime: one bug is not to hide another. */
@NullMarked
package dev.parley.conformance.wire;

import org.jspecify.annotations.NullMarked;
