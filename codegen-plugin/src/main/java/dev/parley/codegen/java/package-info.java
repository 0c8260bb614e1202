/** The target {@code java}: a class for each service. */
package dev.parley.codegen.java;
