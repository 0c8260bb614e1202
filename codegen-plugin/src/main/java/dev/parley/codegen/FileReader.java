package dev.parley.codegen;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.GeneratorNames;
import dev.parley.codegen.model.CppName;
import dev.parley.codegen.model.Definition;
import dev.parley.codegen.model.Idempotency;
import dev.parley.codegen.model.JavaName;
import dev.parley.codegen.model.MessageType;
import dev.parley.codegen.model.Method;
import dev.parley.codegen.model.Position;
import dev.parley.codegen.model.SchemaFile;
import dev.parley.codegen.model.Service;
import dev.parley.codegen.model.Shape;
import dev.parley.codegen.printing.Problems;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Makes the model of one file. */
final class FileReader {
  /** The only reply that a one-way method may have. */
  private static final String EMPTY = "google.protobuf.Empty";

  private final FileDescriptor file;
  private final SourceLocations locations;
  private final MethodOption oneWay;
  private final MethodOption topic;
  private final Problems problems;
  private final List<Definition> definitions = new ArrayList<>();

  /**
   * @param problems gets what no target can express
   */
  FileReader(FileDescriptor file, FileDescriptorProto proto, Problems problems) {
    this.file = file;
    this.locations = new SourceLocations(proto);
    this.oneWay = MethodOption.visibleIn(file, proto, MethodOption.ONE_WAY);
    this.topic = MethodOption.visibleIn(file, proto, MethodOption.TOPIC);
    this.problems = problems;
  }

  SchemaFile read() {
    define(
        "the outer class of " + file.getName(),
        new Position(file.getName(), 0),
        Optional.of(TypeNames.outerClass(file)),
        Optional.empty());
    for (Descriptor message : file.getMessageTypes()) {
      define(message, List.of(FileDescriptorProto.MESSAGE_TYPE_FIELD_NUMBER, message.getIndex()));
    }
    for (EnumDescriptor type : file.getEnumTypes()) {
      define(type, List.of(FileDescriptorProto.ENUM_TYPE_FIELD_NUMBER, type.getIndex()));
    }
    List<Service> services = new ArrayList<>();
    for (ServiceDescriptor service : file.getServices()) {
      List<Integer> path = List.of(FileDescriptorProto.SERVICE_FIELD_NUMBER, service.getIndex());
      defineGeneric(service, path);
      services.add(service(service, path));
    }
    return new SchemaFile(
        file.getName(),
        GeneratorNames.getFileJavaPackage(file),
        TypeNames.cppNamespace(file),
        services,
        definitions);
  }

  private Service service(ServiceDescriptor service, List<Integer> path) {
    List<Method> methods = new ArrayList<>();
    for (MethodDescriptor method : service.getMethods()) {
      methods.add(
          method(
              method, below(path, ServiceDescriptorProto.METHOD_FIELD_NUMBER, method.getIndex())));
    }
    return new Service(
        service.getName(),
        service.getFullName(),
        service.getOptions().getDeprecated() || file.getOptions().getDeprecated(),
        locations.comment(path),
        locations.position(path),
        methods);
  }

  private Method method(MethodDescriptor method, List<Integer> path) {
    Position position = locations.position(path);
    return new Method(
        method.getName(),
        shape(method, position),
        idempotency(method),
        type(method.getInputType()),
        type(method.getOutputType()),
        method.getOptions().getDeprecated(),
        locations.comment(path),
        position);
  }

  private Shape shape(MethodDescriptor method, Position position) {
    if (topic.isSetOn(method)) {
      return topic(method, position);
    }
    if (oneWay.isSetOn(method)) {
      return oneWay(method, position);
    }
    return Shape.of(method.isClientStreaming(), method.isServerStreaming());
  }

  /** To call a topic is to subscribe: one request says what to. */
  private Shape topic(MethodDescriptor method, Position position) {
    if (method.isClientStreaming() || !method.isServerStreaming()) {
      problems.add(
          position,
          "rpc "
              + method.getFullName()
              + " is a topic (parley.v1.topic), so its server must stream, and nobody else; write"
              + " returns (stream ...), or drop the option");
    }
    return Shape.TOPIC;
  }

  /** What is sent as an event is one message, and nothing comes back. */
  private Shape oneWay(MethodDescriptor method, Position position) {
    String what = "rpc " + method.getFullName() + " is one-way (parley.v1.one_way)";
    if (method.isClientStreaming() || method.isServerStreaming()) {
      problems.add(position, what + ", so it cannot stream; drop the option or stream");
    }
    if (!method.getOutputType().getFullName().equals(EMPTY)) {
      problems.add(
          position,
          what
              + ", so it cannot return "
              + method.getOutputType().getFullName()
              + "; return "
              + EMPTY);
    }
    return Shape.ONE_WAY;
  }

  private static Idempotency idempotency(MethodDescriptor method) {
    return switch (method.getOptions().getIdempotencyLevel()) {
      case IDEMPOTENCY_UNKNOWN -> Idempotency.UNKNOWN;
      case NO_SIDE_EFFECTS -> Idempotency.NO_SIDE_EFFECTS;
      case IDEMPOTENT -> Idempotency.IDEMPOTENT;
    };
  }

  private static MessageType type(Descriptor message) {
    boolean deprecated = false;
    for (Descriptor type = message; type != null; type = type.getContainingType()) {
      deprecated |= type.getOptions().getDeprecated();
    }
    return new MessageType(
        message.getFullName(), deprecated, TypeNames.java(message), TypeNames.cpp(message));
  }

  private void define(Descriptor message, List<Integer> path) {
    Position position = locations.position(path);
    String what = "message " + message.getFullName();
    JavaName java = TypeNames.java(message);
    define(what, position, Optional.of(java), Optional.of(TypeNames.cpp(message)));
    define(
        "the interface of " + what,
        position,
        Optional.of(java.withSuffix("OrBuilder")),
        Optional.empty());
    for (Descriptor nested : message.getNestedTypes()) {
      define(nested, below(path, DescriptorProto.NESTED_TYPE_FIELD_NUMBER, nested.getIndex()));
    }
    for (EnumDescriptor nested : message.getEnumTypes()) {
      define(nested, below(path, DescriptorProto.ENUM_TYPE_FIELD_NUMBER, nested.getIndex()));
    }
  }

  private void define(EnumDescriptor type, List<Integer> path) {
    define(
        "enum " + type.getFullName(),
        locations.position(path),
        Optional.of(TypeNames.java(type)),
        Optional.of(TypeNames.cpp(type)));
  }

  /** What protobuf's own generic services would be, where a file asks for them. */
  private void defineGeneric(ServiceDescriptor service, List<Integer> path) {
    Position position = locations.position(path);
    if (file.getOptions().getJavaGenericServices()) {
      define(
          "the class that java_generic_services makes of " + service.getFullName(),
          position,
          Optional.of(TypeNames.java(service)),
          Optional.empty());
    }
    if (file.getOptions().getCcGenericServices()) {
      String what = "the class that cc_generic_services makes of " + service.getFullName();
      CppName name = TypeNames.cpp(file, service.getName());
      define(what, position, Optional.empty(), Optional.of(name));
      CppName stub = TypeNames.cpp(file, service.getName() + "_Stub");
      define("the stub " + what, position, Optional.empty(), Optional.of(stub));
    }
  }

  private void define(
      String what, Position position, Optional<JavaName> java, Optional<CppName> cpp) {
    definitions.add(new Definition(what, position, java, cpp));
  }

  private static List<Integer> below(List<Integer> path, int field, int index) {
    List<Integer> below = new ArrayList<>(path);
    below.add(field);
    below.add(index);
    return below;
  }
}
