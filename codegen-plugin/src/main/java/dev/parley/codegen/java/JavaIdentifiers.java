package dev.parley.codegen.java;

import dev.parley.codegen.printing.Words;
import java.util.Set;

/**
 * The Java names of services and methods. One that Java, {@code Object} or the generated class
 * already uses gets an underscore behind: rpc {@code Class} is {@code class_}.
 */
final class JavaIdentifiers {
  private static final Set<String> KEYWORDS =
      Set.of(
          ("_ abstract assert boolean break byte case catch char class const continue default do"
                  + " double else enum extends false final finally float for goto if implements"
                  + " import instanceof int interface long native new null package private"
                  + " protected public return short static strictfp super switch synchronized this"
                  + " throw throws transient true try void volatile while")
              .split(" "));

  /** What no class may be named, though a method may. */
  private static final Set<String> TYPE_KEYWORDS =
      Set.of("permits", "record", "sealed", "var", "yield");

  private static final Set<String> OBJECT_METHODS =
      Set.of(
          "clone",
          "equals",
          "finalize",
          "getClass",
          "hashCode",
          "notify",
          "notifyAll",
          "toString",
          "wait");

  private static final Set<String> CLIENT_METHODS = Set.of("withOptions", "withTimeout");

  private JavaIdentifiers() {}

  static String type(String service) {
    return KEYWORDS.contains(service) || TYPE_KEYWORDS.contains(service) ? service + "_" : service;
  }

  static String method(String rpc) {
    return reserved(Words.of(rpc).lowerCamel());
  }

  static String asyncMethod(String rpc) {
    return reserved(Words.of(rpc).lowerCamel() + "Async");
  }

  static String constant(String rpc) {
    String name = Words.of(rpc).upperSnake();
    return name.equals("NAME") || KEYWORDS.contains(name) ? name + "_" : name;
  }

  private static String reserved(String name) {
    boolean taken =
        KEYWORDS.contains(name) || OBJECT_METHODS.contains(name) || CLIENT_METHODS.contains(name);
    return taken ? name + "_" : name;
  }
}
