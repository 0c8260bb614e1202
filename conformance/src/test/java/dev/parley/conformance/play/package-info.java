@NullMarked
package dev.parley.conformance.play;

import org.jspecify.annotations.NullMarked;
