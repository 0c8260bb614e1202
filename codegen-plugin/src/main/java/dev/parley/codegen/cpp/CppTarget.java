package dev.parley.codegen.cpp;

import dev.parley.codegen.model.Definition;
import dev.parley.codegen.model.Method;
import dev.parley.codegen.model.Schema;
import dev.parley.codegen.model.SchemaFile;
import dev.parley.codegen.model.Service;
import dev.parley.codegen.model.Shape;
import dev.parley.codegen.printing.NameScope;
import dev.parley.codegen.printing.OutputFile;
import dev.parley.codegen.printing.Problems;
import dev.parley.codegen.printing.Target;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The target {@code cpp}: a header {@code x.parley.h} beside each {@code x.pb.h} with services. */
public final class CppTarget implements Target {
  @Override
  public String name() {
    return "cpp";
  }

  @Override
  public List<OutputFile> generate(Schema schema, Problems problems) {
    Map<String, NameScope> namespaces = new HashMap<>();
    for (SchemaFile file : schema.known()) {
      for (Definition definition : file.definitions()) {
        definition
            .cpp()
            .ifPresent(
                name ->
                    scope(namespaces, name.namespace(), problems)
                        .reserve(name.flat(), definition.what(), definition.position()));
      }
    }
    List<OutputFile> outputs = new ArrayList<>();
    for (SchemaFile file : schema.files()) {
      if (file.services().isEmpty()) {
        continue;
      }
      if (file.cppNamespace().equals("parley")) {
        problems.add(
            file.services().get(0).position(),
            "package parley is the C++ namespace of Parley's own library; choose another package");
      }
      for (Service service : file.services()) {
        scope(namespaces, file.cppNamespace(), problems)
            .claim(
                CppIdentifiers.type(service.name()),
                "service " + service.fullName(),
                service.position());
        check(service, problems);
      }
      if (problems.isEmpty()) {
        outputs.add(new OutputFile(CppHeaderPrinter.path(file), CppHeaderPrinter.print(file)));
      }
    }
    return outputs;
  }

  private static NameScope scope(
      Map<String, NameScope> namespaces, String namespace, Problems problems) {
    String where = namespace.isEmpty() ? "C++'s global namespace" : "C++ namespace " + namespace;
    return namespaces.computeIfAbsent(namespace, unused -> new NameScope(where, problems));
  }

  private static void check(Service service, Problems problems) {
    String className = CppIdentifiers.type(service.name());
    if (className.equals("Service") || className.equals("Client")) {
      problems.add(
          service.position(),
          "service "
              + service.fullName()
              + " would be a C++ class "
              + className
              + " with a class "
              + className
              + " in it, which C++ forbids; rename the service");
    }
    NameScope constants = new NameScope("C++'s " + className, problems);
    NameScope methods = new NameScope("C++'s " + className + "::Client", problems);
    for (Method method : service.methods()) {
      String what = "rpc " + method.name();
      if (constants.claim(CppIdentifiers.constant(method.name()), what, method.position())
          && methods.claim(CppIdentifiers.method(method.name()), what, method.position())
          && method.shape() == Shape.UNARY) {
        methods.claim(
            CppIdentifiers.asyncMethod(method.name()),
            "the asynchronous form of " + what,
            method.position());
      }
    }
  }
}
