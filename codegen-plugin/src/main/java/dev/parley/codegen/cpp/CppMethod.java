package dev.parley.codegen.cpp;

import dev.parley.codegen.model.CppName;
import dev.parley.codegen.model.Method;
import dev.parley.codegen.model.Shape;
import java.util.Set;

/** A method with its names in one generated class. */
record CppMethod(
    Method model, String name, String asyncName, String constant, String request, String reply) {

  /**
   * @param namespace where the class stands
   * @param members what its members are named
   */
  static CppMethod of(Method method, String namespace, Set<String> members) {
    return new CppMethod(
        method,
        CppIdentifiers.method(method.name()),
        CppIdentifiers.asyncMethod(method.name()),
        CppIdentifiers.constant(method.name()),
        type(method.request().cpp(), namespace, members),
        type(method.reply().cpp(), namespace, members));
  }

  /** A neighbour by its bare name, unless a member has that name too; others in full. */
  private static String type(CppName type, String namespace, Set<String> members) {
    if (type.namespace().equals(namespace) && !members.contains(type.classes().get(0))) {
      return type.inNamespace();
    }
    return (type.namespace().isEmpty() ? "::" : "::" + type.namespace() + "::")
        + type.inNamespace();
  }

  Shape shape() {
    return model.shape();
  }

  /** {@code <Hello, HelloReply>}. */
  String types() {
    return "<" + request + ", " + reply + ">";
  }
}
