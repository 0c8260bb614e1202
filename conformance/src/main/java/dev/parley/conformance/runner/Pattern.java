package dev.parley.conformance.runner;

import java.util.List;

/** A name in which a star stands for any text, {@code cancel/*}. Immutable. */
record Pattern(String text) {
  boolean matches(String name) {
    StringBuilder expression = new StringBuilder();
    for (String part : text.split("\\*", -1)) {
      expression.append(expression.isEmpty() ? "" : ".*");
      expression.append(java.util.regex.Pattern.quote(part));
    }
    return name.matches(expression.toString());
  }

  /** Whether the name matches one of them; no pattern at all lets everything through. */
  static boolean anyMatches(List<Pattern> patterns, String name) {
    return patterns.isEmpty() || patterns.stream().anyMatch(pattern -> pattern.matches(name));
  }
}
