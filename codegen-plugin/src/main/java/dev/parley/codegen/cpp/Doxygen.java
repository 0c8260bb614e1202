package dev.parley.codegen.cpp;

import dev.parley.codegen.model.Comment;
import dev.parley.codegen.printing.CodeWriter;
import java.util.List;

/**
 * Comments as Doxygen reads them: no sign in the text is a command, a tag or a reference. Markdown,
 * which many comments are written in, stays.
 */
final class Doxygen {
  private Doxygen() {}

  static void write(CodeWriter out, Comment comment) {
    write(out, comment.lines().stream().map(Doxygen::escape).toList());
  }

  static void write(CodeWriter out, List<String> lines) {
    for (String line : lines) {
      out.line(line.isEmpty() ? "///" : "/// " + line);
    }
  }

  /** Text without a command or tag of Doxygen, and with nothing that joins the next line to it. */
  static String escape(String text) {
    StringBuilder out = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean last = i + 1 == text.length();
      switch (c) {
        case '\\' -> out.append(last ? "&#92;" : "\\\\");
        case '@', '<' -> out.append('\\').append(c);
        case '&', '%', '#' -> out.append(last || text.charAt(i + 1) == ' ' ? "" : "\\").append(c);
        // The trigraph for a backslash.
        case '/' -> out.append(text.startsWith("??", i - 2) ? "&#47;" : "/");
        default -> out.append(c);
      }
    }
    return out.toString();
  }
}
