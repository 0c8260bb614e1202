package dev.parley.codegen.printing;

import dev.parley.codegen.model.Position;
import java.util.HashMap;
import java.util.Map;

/** The names in one scope of generated code, each with what it stands for. For one thread. */
public final class NameScope {
  private final String where;
  private final Problems problems;
  private final Map<String, Claim> claims = new HashMap<>();

  private record Claim(String what, Position position) {}

  /**
   * @param where what to call the scope in an error, {@code Java's Greeter.Client}
   */
  public NameScope(String where, Problems problems) {
    this.where = where;
    this.problems = problems;
  }

  /** Takes a name that another generator gives; no problem here if it gives it twice. */
  public void reserve(String name, String what, Position position) {
    claims.putIfAbsent(name, new Claim(what, position));
  }

  /** Takes a name and says whether it was free; if not, that is a problem. */
  public boolean claim(String name, String what, Position position) {
    Claim first = claims.putIfAbsent(name, new Claim(what, position));
    if (first == null) {
      return true;
    }
    problems.add(
        position,
        String.format(
            "%s and %s (%s) would both be %s in %s; rename or drop one",
            what, first.what, first.position, name, where));
    return false;
  }
}
