package dev.parley.codegen.model;

import java.util.List;

/**
 * A service.
 *
 * @param fullName the name on the wire, {@code demo.v1.Greeter}
 */
public record Service(
    String name,
    String fullName,
    boolean deprecated,
    Comment comment,
    Position position,
    List<Method> methods) {
  public Service {
    methods = List.copyOf(methods);
  }
}
