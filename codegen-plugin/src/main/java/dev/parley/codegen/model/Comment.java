package dev.parley.codegen.model;

import java.util.ArrayList;
import java.util.List;

/** The comment of a service or method: lines of plain text as its author wrote them. */
public record Comment(List<String> lines) {
  public static final Comment NONE = new Comment(List.of());

  public Comment {
    lines = List.copyOf(lines);
  }

  /**
   * The comment in {@code text}, as protoc gives it: without further comment marks, blank lines at
   * either end, the indentation of all lines, and signs that compilers trip over.
   */
  public static Comment of(String text) {
    List<String> lines = new ArrayList<>();
    text.lines().forEach(line -> lines.add(printable(line).stripTrailing()));
    removeMarks(lines);
    while (!lines.isEmpty() && lines.get(0).isEmpty()) {
      lines.remove(0);
    }
    while (!lines.isEmpty() && lines.get(lines.size() - 1).isEmpty()) {
      lines.remove(lines.size() - 1);
    }
    int indentation = indentation(lines);
    lines.replaceAll(line -> line.isEmpty() ? line : line.substring(indentation));
    return new Comment(lines);
  }

  public boolean isEmpty() {
    return lines.isEmpty();
  }

  /** The third sign of comments that begin with three: protoc takes two off. */
  private static void removeMarks(List<String> lines) {
    if (lines.isEmpty()) {
      return;
    }
    String first = lines.get(0);
    if (first.equals("*") || first.startsWith("* ")) {
      lines.set(0, first.substring(1));
    } else if (lines.stream().allMatch(line -> line.startsWith("/"))) {
      lines.replaceAll(line -> line.substring(1));
    }
  }

  private static int indentation(List<String> lines) {
    int least = Integer.MAX_VALUE;
    for (String line : lines) {
      if (!line.isEmpty()) {
        least = Math.min(least, line.length() - line.stripLeading().length());
      }
    }
    return least;
  }

  private static String printable(String line) {
    StringBuilder out = new StringBuilder(line.length());
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      out.append(Character.isISOControl(c) || isDirectionMark(c) ? ' ' : c);
    }
    return out.toString();
  }

  /** Marks that make code read otherwise than it compiles; compilers warn of them. */
  private static boolean isDirectionMark(char c) {
    return (c >= '\u202a' && c <= '\u202e')
        || (c >= '\u2066' && c <= '\u2069')
        || c == '\u200e'
        || c == '\u200f';
  }
}
