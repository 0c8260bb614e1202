/** The peer programs of the languages: processes that take commands, one line each. */
@NullMarked
package dev.parley.conformance.program;

import org.jspecify.annotations.NullMarked;
