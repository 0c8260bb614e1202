package dev.parley.codegen.printing;

import dev.parley.codegen.model.Position;
import java.util.ArrayList;
import java.util.List;

/** What is wrong with a schema, in the order found. For one thread. */
public final class Problems {
  private final List<String> lines = new ArrayList<>();

  /** Notes one problem: where it is and what it is. */
  public void add(Position position, String text) {
    lines.add(position + ": " + text);
  }

  public boolean isEmpty() {
    return lines.isEmpty();
  }

  /** One line a problem. */
  @Override
  public String toString() {
    return String.join("\n", lines);
  }
}
