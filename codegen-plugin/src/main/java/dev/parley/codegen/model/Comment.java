package dev.parley.codegen.model;

import java.util.List;

/** The comment of a service or method: lines of plain text as its author wrote them. */
public record Comment(List<String> lines) {
  public static final Comment NONE = new Comment(List.of());

  public Comment {
    lines = List.copyOf(lines);
  }

  /**
   * The comment in {@code text}: without the blank that follows the comment marks, blank lines at
   * either end, and control characters, which compilers trip over.
   */
  public static Comment of(String text) {
    List<String> lines = text.lines().map(Comment::printable).map(String::stripTrailing).toList();
    int first = 0;
    int end = lines.size();
    while (first < end && lines.get(first).isEmpty()) {
      first++;
    }
    while (end > first && lines.get(end - 1).isEmpty()) {
      end--;
    }
    List<String> kept = lines.subList(first, end);
    boolean indented = kept.stream().allMatch(line -> line.isEmpty() || line.startsWith(" "));
    return new Comment(
        indented
            ? kept.stream().map(line -> line.isEmpty() ? line : line.substring(1)).toList()
            : kept);
  }

  public boolean isEmpty() {
    return lines.isEmpty();
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
