package dev.parley.codegen.model;

import java.util.List;

/**
 * The name that protoc gives a type in C++.
 *
 * @param namespace its parts joined with {@code ::}; empty: the global namespace
 * @param classes the type from the outermost message to itself
 */
public record CppName(String namespace, List<String> classes) {
  public CppName {
    classes = List.copyOf(classes);
  }

  /** The class in its namespace, {@code Outer_Inner}, which {@code Outer::Inner} is an alias of. */
  public String flat() {
    return String.join("_", classes);
  }

  /** The name from its namespace down, {@code Outer::Inner}. */
  public String inNamespace() {
    return String.join("::", classes);
  }
}
