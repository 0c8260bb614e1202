package dev.parley.codegen.cpp;

import dev.parley.codegen.printing.Words;
import java.util.Set;

/**
 * The C++ names of services and methods. One that C++ or the generated class already uses gets an
 * underscore behind: rpc {@code Client} is {@code Client_}, and rpc {@code Name} has the constant
 * {@code kName_}.
 */
final class CppIdentifiers {
  private static final Set<String> KEYWORDS =
      Set.of(
          ("alignas alignof and and_eq asm auto bitand bitor bool break case catch char char16_t"
                  + " char32_t char8_t class co_await co_return co_yield compl concept const"
                  + " const_cast consteval constexpr constinit continue decltype default delete do"
                  + " double dynamic_cast else enum explicit export extern false float for friend"
                  + " goto if inline int long mutable namespace new noexcept not not_eq nullptr"
                  + " operator or or_eq private protected public register reinterpret_cast requires"
                  + " return short signed sizeof static static_assert static_cast struct switch"
                  + " template this thread_local throw true try typedef typeid typename union"
                  + " unsigned using virtual void volatile wchar_t while xor xor_eq")
              .split(" "));

  /** What the standard headers define as macros. */
  private static final Set<String> MACROS =
      Set.of("BUFSIZ", "EOF", "NULL", "RAND_MAX", "assert", "errno", "stderr", "stdin", "stdout");

  private CppIdentifiers() {}

  static String type(String service) {
    return KEYWORDS.contains(service) || MACROS.contains(service) ? service + "_" : service;
  }

  static String method(String rpc) {
    String name = Words.of(rpc).upperCamel();
    // A method may not be named as the class it is in.
    boolean taken = name.equals("Service") || name.equals("Client") || MACROS.contains(name);
    return taken ? name + "_" : name;
  }

  static String asyncMethod(String rpc) {
    return Words.of(rpc).upperCamel() + "Async";
  }

  static String constant(String rpc) {
    String name = "k" + Words.of(rpc).upperCamel();
    return name.equals("kName") ? name + "_" : name;
  }
}
