package dev.parley.codegen.java;

import dev.parley.codegen.model.Comment;
import dev.parley.codegen.printing.CodeWriter;
import java.util.ArrayList;
import java.util.List;

/** Comments as Javadoc: the text shows as it was written, whatever signs are in it. */
final class Javadoc {
  private Javadoc() {}

  /** The lines of {@code comment}, with blank lines as paragraphs. */
  static List<String> lines(Comment comment) {
    List<String> lines = new ArrayList<>();
    boolean paragraph = false;
    for (String line : comment.lines()) {
      if (line.isEmpty()) {
        paragraph = true;
        continue;
      }
      if (paragraph) {
        lines.add("");
      }
      lines.add((paragraph ? "<p>" : "") + escape(line));
      paragraph = false;
    }
    return lines;
  }

  /** Writes a Javadoc comment of these lines; nothing if there are none. */
  static void write(CodeWriter out, List<String> lines) {
    if (lines.isEmpty()) {
      return;
    }
    String single = "/** " + lines.get(0) + " */";
    if (lines.size() == 1 && out.fits(single)) {
      out.line(single);
      return;
    }
    out.line("/**");
    for (String line : lines) {
      out.line(line.isEmpty() ? " *" : " * " + line);
    }
    out.line(" */");
  }

  /** Text as HTML that javac, too, reads as text: no tag, no end of comment, no unicode escape. */
  static String escape(String text) {
    StringBuilder out = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> out.append("&amp;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '@' -> out.append("&#64;");
        case '\\' -> out.append("&#92;");
        case '/' -> out.append(i > 0 && text.charAt(i - 1) == '*' ? "&#47;" : "/");
        case '*' -> out.append(i > 0 && text.charAt(i - 1) == '/' ? "&#42;" : "*");
        default -> out.append(c);
      }
    }
    return out.toString();
  }
}
