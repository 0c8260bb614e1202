/** What a target prints: files, services, methods, types and comments, immutable. */
package dev.parley.codegen.model;
