package dev.parley.codegen.model;

/** The type of a request or reply. */
public record MessageType(String fullName, boolean deprecated, JavaName java, CppName cpp) {}
