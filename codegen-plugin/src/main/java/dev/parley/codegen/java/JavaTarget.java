package dev.parley.codegen.java;

import dev.parley.codegen.model.Definition;
import dev.parley.codegen.model.JavaName;
import dev.parley.codegen.model.MessageType;
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
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The target {@code java}: for each service one class, in the package of its file's messages. */
public final class JavaTarget implements Target {
  @Override
  public String name() {
    return "java";
  }

  @Override
  public List<OutputFile> generate(Schema schema, Problems problems) {
    Map<String, Set<String>> neighbours = new HashMap<>();
    Map<String, NameScope> packages = new HashMap<>();
    for (SchemaFile file : schema.known()) {
      for (Definition definition : file.definitions()) {
        definition
            .java()
            .filter(JavaName::isTopLevel)
            .ifPresent(
                name -> {
                  scope(packages, name.packageName(), problems)
                      .reserve(name.topLevel(), definition.what(), definition.position());
                  neighbours
                      .computeIfAbsent(name.packageName(), unused -> new HashSet<>())
                      .add(name.topLevel());
                });
      }
    }
    List<OutputFile> outputs = new ArrayList<>();
    for (SchemaFile file : schema.files()) {
      for (Service service : file.services()) {
        String className = JavaIdentifiers.type(service.name());
        scope(packages, file.javaPackage(), problems)
            .claim(className, "service " + service.fullName(), service.position());
        JavaImports imports =
            new JavaImports(
                file.javaPackage(),
                new HashSet<>(List.of(className, "Service", "Client")),
                neighbours.getOrDefault(file.javaPackage(), Set.of()));
        check(service, className, imports, problems);
        if (problems.isEmpty()) {
          String text = new JavaServicePrinter(file, service, className, imports).print();
          outputs.add(new OutputFile(path(file.javaPackage(), className), text));
        }
      }
    }
    return outputs;
  }

  private static NameScope scope(
      Map<String, NameScope> packages, String packageName, Problems problems) {
    String where = packageName.isEmpty() ? "Java's unnamed package" : "Java package " + packageName;
    return packages.computeIfAbsent(packageName, unused -> new NameScope(where, problems));
  }

  private static void check(
      Service service, String className, JavaImports imports, Problems problems) {
    if (className.equals("Service") || className.equals("Client")) {
      problems.add(
          service.position(),
          "service "
              + service.fullName()
              + " would be a Java class "
              + className
              + " with a class "
              + className
              + " in it, which Java forbids; rename the service");
    }
    NameScope constants = new NameScope("Java's " + className, problems);
    NameScope methods = new NameScope("Java's " + className + ".Client", problems);
    for (Method method : service.methods()) {
      String what = "rpc " + method.name();
      if (constants.claim(JavaIdentifiers.constant(method.name()), what, method.position())
          && methods.claim(JavaIdentifiers.method(method.name()), what, method.position())
          && method.shape() == Shape.UNARY) {
        methods.claim(
            JavaIdentifiers.asyncMethod(method.name()),
            "the asynchronous form of " + what,
            method.position());
      }
      for (MessageType type : new LinkedHashSet<>(List.of(method.request(), method.reply()))) {
        if (imports.unreachable(type.java())) {
          problems.add(
              method.position(),
              what
                  + ": message "
                  + type.fullName()
                  + " is in Java's unnamed package, where "
                  + className
                  + " cannot name it; set java_package in its file");
        }
      }
    }
  }

  private static String path(String packageName, String className) {
    String folder = packageName.isEmpty() ? "" : packageName.replace('.', '/') + "/";
    return folder + className + ".java";
  }
}
