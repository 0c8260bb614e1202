package dev.parley.codegen.cpp;

import dev.parley.codegen.model.Service;
import dev.parley.codegen.model.Shape;
import dev.parley.codegen.printing.CodeWriter;
import java.util.ArrayList;
import java.util.List;

/** Prints the nested class {@code Client}. It is callers whom a deprecation speaks to. */
final class CppClientPrinter {
  private final Service service;
  private final List<CppMethod> methods;
  private final CodeWriter out;

  CppClientPrinter(Service service, List<CppMethod> methods, CodeWriter out) {
    this.service = service;
    this.methods = methods;
    this.out = out;
  }

  void print() {
    Doxygen.write(
        out,
        List.of("Calls the service. Safe for use by many threads; the caller must outlive it."));
    String attribute = service.deprecated() ? "[[deprecated]] " : "";
    out.line("class " + attribute + "Client {").line(" public:").indent();
    if (methods.isEmpty()) {
      out.line("explicit Client(::parley::Caller& /*caller*/) {}");
      out.close("};");
      return;
    }
    out.line("explicit Client(::parley::Caller& caller) : caller_(&caller) {}");
    for (CppMethod method : methods) {
      out.blank();
      Doxygen.write(out, method.model().comment());
      printCall(method);
      if (method.shape() == Shape.UNARY) {
        out.blank();
        Doxygen.write(
            out,
            List.of(method.name() + "() in the background; without its future the call goes on."));
        String future = "::parley::Future<" + method.reply() + ">";
        printForward(method, future, method.asyncName(), "CallAsync");
      }
    }
    out.blank();
    out.outdent().line(" private:").indent();
    out.line("::parley::Caller* caller_;");
    out.close("};");
  }

  private void printCall(CppMethod method) {
    switch (method.shape()) {
      case UNARY -> printForward(method, method.reply(), method.name(), "Call");
      case SERVER_STREAMING ->
          printForward(
              method,
              "::parley::MessageStream<" + method.reply() + ">",
              method.name(),
              "ServerStream");
      case CLIENT_STREAMING ->
          printForward(
              method, "::parley::ClientStream" + method.types(), method.name(), "ClientStream");
      case BIDI_STREAMING ->
          printForward(
              method, "::parley::BidiStream" + method.types(), method.name(), "BidiStream");
      case ONE_WAY -> printForward(method, "void", method.name(), "Send");
      case TOPIC -> printSubscribe(method);
    }
  }

  private void printSubscribe(CppMethod method) {
    String attribute = method.model().deprecated() ? "[[deprecated]] " : "";
    out.list(
        attribute + "[[nodiscard]] ::parley::Subscription " + method.name(),
        List.of(
            "const " + method.request() + "& request",
            "::parley::Subscriber<" + method.reply() + "> subscriber",
            "const ::parley::CallOptions& options = {}"),
        " const {");
    out.indent()
        .list(
            "return caller_->Subscribe",
            List.of(method.constant(), "request", "std::move(subscriber)", "options"),
            ";");
    out.close("}");
  }

  private void printForward(CppMethod method, String result, String name, String start) {
    List<String> parameters = new ArrayList<>();
    List<String> arguments = new ArrayList<>();
    arguments.add(method.constant());
    if (!method.shape().clientStreams()) {
      parameters.add("const " + method.request() + "& request");
      arguments.add("request");
    }
    parameters.add("const ::parley::CallOptions& options = {}");
    arguments.add("options");
    String attribute = method.model().deprecated() ? "[[deprecated]] " : "";
    out.list(attribute + result + " " + name, parameters, " const {");
    String gives = method.shape() == Shape.ONE_WAY ? "" : "return ";
    out.indent().list(gives + "caller_->" + start, arguments, ";");
    out.close("}");
  }
}
