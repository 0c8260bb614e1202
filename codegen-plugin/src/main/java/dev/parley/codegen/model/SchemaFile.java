package dev.parley.codegen.model;

import java.util.List;

/**
 * One {@code .proto} file.
 *
 * @param path as an import names it, {@code demo/v1/greeter.proto}
 * @param javaPackage empty: the unnamed package
 * @param cppNamespace its parts joined with {@code ::}; empty: the global namespace
 * @param definitions what protoc generates for it
 */
public record SchemaFile(
    String path,
    String javaPackage,
    String cppNamespace,
    List<Service> services,
    List<Definition> definitions) {
  public SchemaFile {
    services = List.copyOf(services);
    definitions = List.copyOf(definitions);
  }
}
