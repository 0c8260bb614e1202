@NullMarked
package dev.parley.conformance.wire;

import org.jspecify.annotations.NullMarked;
