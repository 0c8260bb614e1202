package dev.parley.codegen.model;

import java.util.ArrayList;
import java.util.List;

/**
 * The name that protoc gives a type in Java.
 *
 * @param packageName empty: the unnamed package
 * @param classes the classes from the outermost to the type itself
 */
public record JavaName(String packageName, List<String> classes) {
  public JavaName {
    classes = List.copyOf(classes);
  }

  /** The outermost class: what is imported. */
  public String topLevel() {
    return classes.get(0);
  }

  public boolean isTopLevel() {
    return classes.size() == 1;
  }

  /** The name of what stands beside this one and is named after it. */
  public JavaName withSuffix(String suffix) {
    List<String> renamed = new ArrayList<>(classes);
    renamed.set(renamed.size() - 1, renamed.get(renamed.size() - 1) + suffix);
    return new JavaName(packageName, renamed);
  }

  /** The name from its package down, {@code Outer.Inner}. */
  public String inPackage() {
    return String.join(".", classes);
  }
}
