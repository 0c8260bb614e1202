package dev.parley.codegen.printing;

import java.util.List;

/** Lines of code at an indentation of two, which are broken before they get too long. */
public final class CodeWriter {
  private static final int WIDTH = 100;

  /** What may stand on a line of its own behind a list of parameters. */
  private static final String CLAUSE = " throws ";

  private final StringBuilder out = new StringBuilder();
  private final String continuation;
  private String indentation = "";

  /**
   * @param continuation how many spaces deeper a broken line goes on
   */
  public CodeWriter(int continuation) {
    this.continuation = " ".repeat(continuation);
  }

  public CodeWriter line(String line) {
    if (!line.isEmpty()) {
      out.append(indentation).append(line);
    }
    out.append('\n');
    return this;
  }

  public CodeWriter blank() {
    return line("");
  }

  /** A line that opens a block. */
  public CodeWriter open(String line) {
    return line(line).indent();
  }

  /** A line that closes a block. */
  public CodeWriter close(String line) {
    return outdent().line(line);
  }

  public CodeWriter indent() {
    indentation += "  ";
    return this;
  }

  public CodeWriter outdent() {
    indentation = indentation.substring(2);
    return this;
  }

  /** {@code before(item, item)after}: on one line, else the items on the next, else one a line. */
  public CodeWriter list(String before, List<String> items, String after) {
    String all = String.join(", ", items);
    if (fits(before + "(" + all + ")" + after) || items.isEmpty()) {
      return line(before + "(" + all + ")" + after);
    }
    if (after.startsWith(CLAUSE) && fits(before + "(" + all + ")")) {
      return line(before + "(" + all + ")").line(continuation + after.strip());
    }
    line(before + "(");
    if (fits(continuation + all + ")" + after)) {
      return line(continuation + all + ")" + after);
    }
    if (after.startsWith(CLAUSE) && fits(continuation + all + ")")) {
      return line(continuation + all + ")").line(continuation + after.strip());
    }
    for (int i = 0; i < items.size(); i++) {
      line(continuation + items.get(i) + (i + 1 < items.size() ? "," : ")" + after));
    }
    return this;
  }

  /** Whether {@code line} fits where it would stand now. */
  public boolean fits(String line) {
    return indentation.length() + line.length() <= WIDTH;
  }

  @Override
  public String toString() {
    return out.toString();
  }
}
