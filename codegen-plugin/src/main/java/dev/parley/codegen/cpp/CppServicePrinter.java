package dev.parley.codegen.cpp;

import dev.parley.codegen.model.Method;
import dev.parley.codegen.model.Service;
import dev.parley.codegen.model.Shape;
import dev.parley.codegen.printing.CodeWriter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Prints the class of one service; the server's side of it here, the client's in its own printer.
 */
final class CppServicePrinter {
  private final Service service;
  private final String className;
  private final List<CppMethod> methods = new ArrayList<>();
  private final CodeWriter out;

  CppServicePrinter(String namespace, Service service, CodeWriter out) {
    this.service = service;
    this.className = CppIdentifiers.type(service.name());
    this.out = out;
    Set<String> members = new HashSet<>(Set.of(className, "Service", "Client", "Bind", "kName"));
    for (Method method : service.methods()) {
      members.add(CppIdentifiers.method(method.name()));
      members.add(CppIdentifiers.asyncMethod(method.name()));
      members.add(CppIdentifiers.constant(method.name()));
    }
    for (Method method : service.methods()) {
      methods.add(CppMethod.of(method, namespace, members));
    }
  }

  void print() {
    Doxygen.write(out, service.comment());
    out.line("class " + className + " final {").line(" public:").indent();
    out.line(className + "() = delete;").blank();
    out.line("/// The service's name on the wire.");
    out.line("static constexpr char kName[] = \"" + service.fullName() + "\";").blank();
    for (CppMethod method : methods) {
      out.line(
          "static constexpr ::parley::Method" + method.types() + " " + method.constant() + "{");
      String name = "\"" + service.fullName() + "/" + method.model().name() + "\"";
      String shape = "::parley::Shape::" + shape(method.shape());
      String idempotency =
          switch (method.model().idempotency()) {
            case UNKNOWN -> "";
            case NO_SIDE_EFFECTS -> "::parley::Idempotency::kNoSideEffects";
            case IDEMPOTENT -> "::parley::Idempotency::kIdempotent";
          };
      String rest = idempotency.isEmpty() ? "};" : ", " + idempotency + "};";
      if (out.fits("    " + name + ", " + shape + rest) || idempotency.isEmpty()) {
        out.line("    " + name + ", " + shape + rest).blank();
      } else {
        out.line("    " + name + ", " + shape + ",");
        out.line("    " + idempotency + "};").blank();
      }
    }
    printService();
    printBind();
    new CppClientPrinter(service, methods, out).print();
    out.close("};");
  }

  private static String shape(Shape shape) {
    return switch (shape) {
      case UNARY -> "kUnary";
      case SERVER_STREAMING, TOPIC -> "kServerStreaming";
      case CLIENT_STREAMING -> "kClientStreaming";
      case BIDI_STREAMING -> "kBidiStreaming";
      case ONE_WAY -> "kOneWay";
    };
  }

  private void printService() {
    List<String> about = new ArrayList<>();
    about.add(
        "What a server does: a method that is not overridden answers UNIMPLEMENTED. Many threads");
    about.add("may call the methods at once.");
    if (methods.stream().anyMatch(method -> method.shape() == Shape.ONE_WAY)) {
      about.add("");
      about.add(
          "A one-way method, which has an EventContext, answers nobody: what it throws goes to the");
      about.add("log. Those of one peer run one at a time, in the order in which they were sent.");
    }
    if (methods.stream().anyMatch(method -> method.shape() == Shape.TOPIC)) {
      about.add("");
      about.add(
          "A method that is a topic gives what publishes, the same each time, and does not block.");
    }
    Doxygen.write(out, about);
    out.line("class Service {").line(" public:").indent();
    out.line("virtual ~Service() = default;");
    for (CppMethod method : methods) {
      out.blank();
      Doxygen.write(out, method.model().comment());
      out.list("virtual " + result(method) + " " + method.name(), parameters(method), " {");
      out.line(
          "  throw ::parley::RpcException::Unimplemented(" + method.constant() + ".full_name());");
      out.line("}");
    }
    out.close("};").blank();
  }

  private void printBind() {
    Doxygen.write(
        out, List.of("`service` as a server takes it; it must outlive every server that has it."));
    String parameter = methods.isEmpty() ? "Service& /*service*/" : "Service& service";
    out.open("static ::parley::ServiceDefinition Bind(" + parameter + ") {");
    out.line("return ::parley::ServiceDefinition::Builder(kName)");
    out.indent().indent();
    for (CppMethod method : methods) {
      if (method.shape() == Shape.TOPIC) {
        out.line(
            String.format(
                ".Topic(%s, [&service]() -> auto& { return service.%s(); })",
                method.constant(), method.name()));
        continue;
      }
      String arguments = arguments(method.shape(), "");
      out.line(
          String.format(
              ".%s(%s, [&service](%s) {",
              register(method.shape()), method.constant(), arguments(method.shape(), "auto& ")));
      out.line("  return service." + method.name() + "(" + arguments + ");");
      out.line("})");
    }
    out.line(".Build();").outdent().outdent();
    out.close("}").blank();
  }

  private static String register(Shape shape) {
    return switch (shape) {
      case UNARY -> "Unary";
      case SERVER_STREAMING -> "ServerStreaming";
      case CLIENT_STREAMING -> "ClientStreaming";
      case BIDI_STREAMING -> "BidiStreaming";
      case ONE_WAY -> "OneWay";
      case TOPIC -> "Topic";
    };
  }

  private static String result(CppMethod method) {
    if (method.shape() == Shape.TOPIC) {
      return "::parley::Topic" + method.types() + "&";
    }
    boolean replies = !method.shape().serverStreams() && method.shape() != Shape.ONE_WAY;
    return replies ? method.reply() : "void";
  }

  /** Unused, since the default body throws. */
  private static List<String> parameters(CppMethod method) {
    List<String> parameters = new ArrayList<>();
    if (method.shape() == Shape.TOPIC) {
      return parameters;
    }
    parameters.add(
        method.shape().clientStreams()
            ? "::parley::MessageStream<" + method.request() + ">& /*requests*/"
            : "const " + method.request() + "& /*request*/");
    if (method.shape().serverStreams()) {
      parameters.add("::parley::MessageSink<" + method.reply() + ">& /*replies*/");
    }
    String context = method.shape() == Shape.ONE_WAY ? "EventContext" : "CallContext";
    parameters.add("::parley::" + context + "& /*context*/");
    return parameters;
  }

  private static String arguments(Shape shape, String type) {
    String first = type + (shape.clientStreams() ? "requests" : "request");
    String second = shape.serverStreams() ? ", " + type + "replies" : "";
    return first + second + ", " + type + "context";
  }
}
