package dev.parley.codegen.printing;

/** A generated file: its path below the output folder, and all of its text. */
public record OutputFile(String path, String text) {}
