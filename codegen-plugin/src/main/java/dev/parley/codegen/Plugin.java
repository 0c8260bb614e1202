package dev.parley.codegen;

import com.google.protobuf.DescriptorProtos.Edition;
import com.google.protobuf.compiler.PluginProtos.CodeGeneratorRequest;
import com.google.protobuf.compiler.PluginProtos.CodeGeneratorResponse;
import com.google.protobuf.compiler.PluginProtos.CodeGeneratorResponse.Feature;
import dev.parley.codegen.cpp.CppTarget;
import dev.parley.codegen.java.JavaTarget;
import dev.parley.codegen.printing.OutputFile;
import dev.parley.codegen.printing.Problems;
import dev.parley.codegen.printing.Target;
import java.util.List;

/** The plugin as a function: what protoc asks becomes what it is answered. */
final class Plugin {
  private static final List<Target> TARGETS = List.of(new JavaTarget(), new CppTarget());

  private Plugin() {}

  /** The generated files, or one error that says all that is wrong; never throws. */
  static CodeGeneratorResponse answer(CodeGeneratorRequest request) {
    CodeGeneratorResponse.Builder response =
        CodeGeneratorResponse.newBuilder()
            .setSupportedFeatures(
                Feature.FEATURE_PROTO3_OPTIONAL_VALUE | Feature.FEATURE_SUPPORTS_EDITIONS_VALUE)
            .setMinimumEdition(Edition.EDITION_PROTO2_VALUE)
            .setMaximumEdition(Edition.EDITION_2024_VALUE);
    try {
      Target target = PluginOptions.parse(request.getParameter(), TARGETS).target();
      Problems problems = new Problems();
      List<OutputFile> files = target.generate(SchemaReader.read(request, problems), problems);
      if (!problems.isEmpty()) {
        return response.setError(problems.toString()).build();
      }
      for (OutputFile file : files) {
        response.addFileBuilder().setName(file.path()).setContent(file.text());
      }
    } catch (UsageException e) {
      response.setError(e.getMessage());
    } catch (RuntimeException | Error e) {
      response.setError("a bug in protoc-gen-parley: " + e);
    }
    return response.build();
  }
}
