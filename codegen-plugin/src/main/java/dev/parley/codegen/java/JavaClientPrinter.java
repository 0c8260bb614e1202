package dev.parley.codegen.java;

import dev.parley.codegen.model.Service;
import dev.parley.codegen.model.Shape;
import dev.parley.codegen.printing.CodeWriter;
import java.util.ArrayList;
import java.util.List;

/** Prints the nested class {@code Client}. It is callers whom a deprecation speaks to. */
final class JavaClientPrinter {
  private static final String RPC = "dev.parley.rpc";

  private final Service service;
  private final List<JavaMethod> methods;
  private final JavaImports imports;
  private final CodeWriter out;

  JavaClientPrinter(
      Service service, List<JavaMethod> methods, JavaImports imports, CodeWriter out) {
    this.service = service;
    this.methods = methods;
    this.imports = imports;
    this.out = out;
  }

  void print() {
    document(
        List.of("Calls the service. Immutable and safe for use by many threads."),
        service.deprecated(),
        "service");
    out.open("public static final class Client {");
    printConstruction();
    for (JavaMethod method : methods) {
      out.blank();
      printCall(method);
      if (method.shape() == Shape.UNARY) {
        out.blank();
        printAsync(method);
      }
    }
    out.close("}");
  }

  private void printConstruction() {
    String caller = imports.type(RPC, "Caller");
    String options = imports.type(RPC, "CallOptions");
    String objects = imports.type("java.util", "Objects");
    out.line("private final " + caller + " caller;");
    out.line("private final " + options + " options;");
    out.blank();
    out.open("public Client(" + caller + " caller) {");
    out.line("this(caller, " + options + ".DEFAULT);");
    out.close("}").blank();
    out.line("/** A client that makes every call with {@code options}. */");
    out.open("public Client(" + caller + " caller, " + options + " options) {");
    out.line("this.caller = " + objects + ".requireNonNull(caller, \"caller\");");
    out.line("this.options = " + objects + ".requireNonNull(options, \"options\");");
    out.close("}").blank();
    out.line("/** This client with a time-out for each call. */");
    out.open("public Client withTimeout(" + imports.type("java.time", "Duration") + " timeout) {");
    out.line("return withOptions(options.withTimeout(timeout));");
    out.close("}").blank();
    out.line("/** This client with {@code options} in place of its own. */");
    out.open("public Client withOptions(" + options + " options) {");
    out.line("return new Client(caller, options);");
    out.close("}");
  }

  private void printCall(JavaMethod method) {
    document(Javadoc.lines(method.model().comment()), method.model().deprecated(), "rpc");
    if (method.shape() == Shape.TOPIC) {
      printSubscribe(method);
      return;
    }
    String parameters = method.shape().clientStreams() ? "" : method.request() + " request";
    String result =
        switch (method.shape()) {
          case UNARY -> method.reply();
          case SERVER_STREAMING -> imports.type(RPC, "MessageStream") + "<" + method.reply() + ">";
          case CLIENT_STREAMING -> imports.type(RPC, "ClientStream") + method.types();
          case BIDI_STREAMING -> imports.type(RPC, "BidiStream") + method.types();
          case ONE_WAY, TOPIC -> "void";
        };
    String start =
        switch (method.shape()) {
          case UNARY -> "call";
          case SERVER_STREAMING -> "serverStream";
          case CLIENT_STREAMING -> "clientStream";
          case BIDI_STREAMING -> "bidiStream";
          case ONE_WAY, TOPIC -> "send";
        };
    printForward(result, method.name(), parameters, start, method);
  }

  private void printSubscribe(JavaMethod method) {
    String subscriber = imports.type(RPC, "Subscriber") + "<" + method.reply() + "> subscriber";
    out.list(
        "public " + imports.type(RPC, "Subscription") + " " + method.name(),
        List.of(method.request() + " request", subscriber),
        " {");
    out.indent()
        .list(
            "return caller.subscribe",
            List.of(method.constant(), "request", "options", "subscriber"),
            ";");
    out.close("}");
  }

  private void printAsync(JavaMethod method) {
    document(
        List.of(
            "{@link #"
                + method.name()
                + "} in the background; cancelling the future cancels the call."),
        method.model().deprecated(),
        "rpc");
    String future = imports.type("java.util.concurrent", "CompletableFuture");
    printForward(
        future + "<" + method.reply() + ">",
        method.asyncName(),
        method.request() + " request",
        "callAsync",
        method);
  }

  private void printForward(
      String result, String name, String parameters, String start, JavaMethod method) {
    List<String> arguments = new ArrayList<>();
    arguments.add(method.constant());
    if (!parameters.isEmpty()) {
      arguments.add("request");
    }
    arguments.add("options");
    List<String> declared = parameters.isEmpty() ? List.of() : List.of(parameters);
    out.list("public " + result + " " + name, declared, " {");
    String gives = method.shape() == Shape.ONE_WAY ? "" : "return ";
    out.indent().list(gives + "caller." + start, arguments, ";");
    out.close("}");
  }

  private void document(List<String> lines, boolean deprecated, String what) {
    List<String> all = new ArrayList<>(lines);
    if (deprecated) {
      if (!all.isEmpty()) {
        all.add("");
      }
      all.add("@deprecated The schema says so of this " + what + ".");
    }
    Javadoc.write(out, all);
    if (deprecated) {
      out.line("@" + imports.type("java.lang", "Deprecated"));
    }
  }
}
