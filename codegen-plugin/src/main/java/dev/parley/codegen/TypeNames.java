package dev.parley.codegen;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.GeneratorNames;
import dev.parley.codegen.model.CppName;
import dev.parley.codegen.model.JavaName;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The names that protoc gives in Java and C++ to what it generates. */
final class TypeNames {
  /** What protoc's C++ generator puts an underscore behind, of all versions. */
  private static final Set<String> CPP_KEYWORDS =
      Set.of(
          ("NULL alignas alignof and and_eq asm auto bitand bitor bool break case catch char class"
                  + " compl const constexpr const_cast continue decltype default delete do double"
                  + " dynamic_cast else enum explicit export extern false float for friend goto if"
                  + " inline int long mutable namespace new noexcept not not_eq nullptr operator or"
                  + " or_eq private protected public register reinterpret_cast return short signed"
                  + " sizeof static static_assert static_cast struct switch template this"
                  + " thread_local throw true try typedef typeid typename union unsigned using"
                  + " virtual void volatile wchar_t while xor xor_eq")
              .split(" "));

  private TypeNames() {}

  static JavaName java(Descriptor message) {
    return java(message.getFile(), GeneratorNames.getQualifiedClassName(message));
  }

  static JavaName java(EnumDescriptor type) {
    return java(type.getFile(), GeneratorNames.getQualifiedClassName(type));
  }

  /** The class of a service of protobuf's own generic kind. */
  static JavaName java(ServiceDescriptor service) {
    return java(service.getFile(), GeneratorNames.getQualifiedClassName(service));
  }

  private static JavaName java(FileDescriptor file, String qualified) {
    String packageName = GeneratorNames.getFileJavaPackage(file);
    String inPackage =
        packageName.isEmpty() ? qualified : qualified.substring(packageName.length() + 1);
    return new JavaName(packageName, List.of(inPackage.split("\\.", -1)));
  }

  static JavaName outerClass(FileDescriptor file) {
    return new JavaName(
        GeneratorNames.getFileJavaPackage(file), List.of(GeneratorNames.getFileClassName(file)));
  }

  static CppName cpp(FileDescriptor file, String name) {
    return new CppName(cppNamespace(file), List.of(cppWord(name)));
  }

  static CppName cpp(Descriptor message) {
    return new CppName(cppNamespace(message.getFile()), cppClasses(message));
  }

  static CppName cpp(EnumDescriptor type) {
    List<String> classes = new ArrayList<>();
    if (type.getContainingType() != null) {
      classes.addAll(cppClasses(type.getContainingType()));
    }
    classes.add(cppWord(type.getName()));
    return new CppName(cppNamespace(type.getFile()), classes);
  }

  private static List<String> cppClasses(Descriptor message) {
    List<String> classes = new ArrayList<>();
    for (Descriptor type = message; type != null; type = type.getContainingType()) {
      classes.add(0, cppWord(type.getName()));
    }
    return classes;
  }

  static String cppNamespace(FileDescriptor file) {
    List<String> parts = new ArrayList<>();
    for (String part : file.getPackage().split("\\.", -1)) {
      parts.add(cppWord(part));
    }
    return String.join("::", parts);
  }

  private static String cppWord(String name) {
    return CPP_KEYWORDS.contains(name) ? name + "_" : name;
  }
}
