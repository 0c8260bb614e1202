package dev.parley.codegen.java;

import dev.parley.codegen.model.Method;
import dev.parley.codegen.model.Shape;

/** A method with its names in one generated file. */
record JavaMethod(
    Method model, String name, String asyncName, String constant, String request, String reply) {

  static JavaMethod of(Method method, JavaImports imports) {
    return new JavaMethod(
        method,
        JavaIdentifiers.method(method.name()),
        JavaIdentifiers.asyncMethod(method.name()),
        JavaIdentifiers.constant(method.name()),
        imports.type(method.request().java()),
        imports.type(method.reply().java()));
  }

  Shape shape() {
    return model.shape();
  }

  /** {@code Hello} in {@code Method<Hello, HelloReply>}. */
  String types() {
    return "<" + request + ", " + reply + ">";
  }
}
