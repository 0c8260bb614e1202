package dev.parley.conformance.program;

import java.util.List;

/** A language that takes part, and how its peer program is started. */
public record Language(String name, List<String> command) {}
