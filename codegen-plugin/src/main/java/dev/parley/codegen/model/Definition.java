package dev.parley.codegen.model;

import java.util.Optional;

/**
 * Something that protoc itself generates, so that its name is taken.
 *
 * @param what what to call it in an error, {@code message demo.v1.Hello}
 * @param java empty where Java has nothing of the kind
 * @param cpp empty where C++ has nothing of the kind
 */
public record Definition(
    String what, Position position, Optional<JavaName> java, Optional<CppName> cpp) {}
