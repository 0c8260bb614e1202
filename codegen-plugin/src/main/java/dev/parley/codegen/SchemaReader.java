package dev.parley.codegen;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.compiler.PluginProtos.CodeGeneratorRequest;
import dev.parley.codegen.model.Schema;
import dev.parley.codegen.model.SchemaFile;
import dev.parley.codegen.printing.Problems;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Makes the model of what protoc hands over. */
final class SchemaReader {
  private SchemaReader() {}

  /**
   * @param problems gets what no target can express, in the files to generate from
   */
  static Schema read(CodeGeneratorRequest request, Problems problems) throws UsageException {
    // These say more than proto_file does: also the options that live in sources alone.
    Map<String, FileDescriptorProto> sources = new HashMap<>();
    for (FileDescriptorProto source : request.getSourceFileDescriptorsList()) {
      sources.put(source.getName(), source);
    }
    Map<String, FileDescriptor> linked = new HashMap<>();
    Map<String, SchemaFile> files = new HashMap<>();
    List<SchemaFile> known = new ArrayList<>();
    for (FileDescriptorProto listed : request.getProtoFileList()) {
      FileDescriptorProto proto = sources.getOrDefault(listed.getName(), listed);
      FileDescriptor descriptor = link(proto, linked);
      boolean generated = request.getFileToGenerateList().contains(proto.getName());
      SchemaFile file =
          new FileReader(descriptor, proto, generated ? problems : new Problems()).read();
      linked.put(proto.getName(), descriptor);
      files.put(proto.getName(), file);
      known.add(file);
    }
    List<SchemaFile> wanted = new ArrayList<>();
    for (String path : request.getFileToGenerateList()) {
      SchemaFile file = files.get(path);
      if (file == null) {
        throw new UsageException(path + " is to be generated from, but is not in the request");
      }
      checkPath(path);
      wanted.add(file);
    }
    return new Schema(wanted, known);
  }

  /** A file's path is printed into comments and includes: it must not end them. */
  private static void checkPath(String path) throws UsageException {
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c == '"' || c == '\\' || Character.isISOControl(c)) {
        throw new UsageException(
            String.format(
                "the path of a file has the sign U+%04X, which generated code cannot name: %s",
                (int) c, path));
      }
    }
  }

  /** Resolves the names in {@code proto}; protoc lists a file after all that it imports. */
  private static FileDescriptor link(FileDescriptorProto proto, Map<String, FileDescriptor> linked)
      throws UsageException {
    List<FileDescriptor> imports = new ArrayList<>();
    for (String path : proto.getDependencyList()) {
      FileDescriptor imported = linked.get(path);
      if (imported != null) {
        imports.add(imported);
      }
    }
    try {
      return FileDescriptor.buildFrom(proto, imports.toArray(FileDescriptor[]::new));
    } catch (DescriptorValidationException | IllegalArgumentException e) {
      throw new UsageException(proto.getName() + ": " + e.getMessage());
    }
  }
}
