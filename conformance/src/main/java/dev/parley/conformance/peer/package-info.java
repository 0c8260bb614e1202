/** The peer program of Java: the runtime and its generated code, driven by lines of text. */
@NullMarked
package dev.parley.conformance.peer;

import org.jspecify.annotations.NullMarked;
