package dev.parley.codegen.java;

import dev.parley.codegen.model.JavaName;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * How one generated file names the types of others: by their simple names, imported, or in full
 * where a simple name means something else there. For one thread.
 */
final class JavaImports {
  private final String packageName;
  private final Map<String, String> meanings = new HashMap<>();
  private final Set<String> imports = new TreeSet<>();

  /**
   * @param packageName the file's own package
   * @param declared the classes that the file itself declares
   * @param neighbours the other classes of the package, which hide those of java.lang
   */
  JavaImports(String packageName, Set<String> declared, Set<String> neighbours) {
    this.packageName = packageName;
    for (String name : declared) {
      meanings.put(name, "declared here");
    }
    for (String name : List.of("Deprecated", "Exception", "String", "SuppressWarnings")) {
      if (!neighbours.contains(name)) {
        meanings.putIfAbsent(name, "java.lang." + name);
      }
    }
  }

  /** How to write the name of a class outside the user's schemas. */
  String type(String packageName, String name) {
    return type(new JavaName(packageName, List.of(name)));
  }

  String type(JavaName name) {
    String full =
        name.packageName().isEmpty() ? name.topLevel() : name.packageName() + "." + name.topLevel();
    boolean known = name.packageName().equals("java.lang");
    String meaning =
        known ? meanings.get(name.topLevel()) : meanings.putIfAbsent(name.topLevel(), full);
    if (known ? !full.equals(meaning) : meaning != null && !full.equals(meaning)) {
      return name.packageName() + "." + name.inPackage();
    }
    if (!known && !name.packageName().equals(packageName)) {
      imports.add(full);
    }
    return name.inPackage();
  }

  /**
   * Whether a type is out of reach: in the unnamed package, and we are not or its name is taken.
   */
  boolean unreachable(JavaName name) {
    if (!name.packageName().isEmpty()) {
      return false;
    }
    String meaning = meanings.get(name.topLevel());
    return !packageName.isEmpty() || (meaning != null && !meaning.equals(name.topLevel()));
  }

  /** The names to import, in order. */
  Set<String> imports() {
    return imports;
  }
}
