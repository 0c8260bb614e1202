/** What a target is, and what every target needs: names, their clashes, and indented lines. */
package dev.parley.codegen.printing;
