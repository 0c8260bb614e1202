package dev.parley.codegen;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The golden Java compiles against the runtime, in a build that allows no warning. */
final class JavaGoldensCompileTest {
  @TempDir static Path scratch;

  static List<Golden> cases() throws IOException {
    List<Golden> cases = new ArrayList<>();
    for (Golden golden : Golden.all()) {
      if (!Tree.files(golden.output("java")).isEmpty()) {
        cases.add(golden);
      }
    }
    return cases;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void generatedJavaCompilesWithoutAWarning(Golden golden) throws Exception {
    Path messages = Files.createTempDirectory(scratch, "messages");
    Protoc.Result result =
        new Protoc(Protoc.NEW, scratch).run(golden.protos(), "--java_out=" + messages);
    assertThat(result.output()).isEmpty();
    Path classes = Files.createTempDirectory(scratch, "classes");
    assertThat(compile(Tree.files(messages), classes, "-Xlint:none", "-XDsuppressNotes")).isEmpty();

    List<Path> sources = new ArrayList<>(Tree.files(golden.output("java")));
    sources.addAll(Tree.files(golden.use("java")));
    assertThat(compile(sources, classes, "-Xlint:all", "-Xdoclint:all,-missing", "-Werror"))
        .isEmpty();
  }

  /** What the compiler says. */
  private static String compile(List<Path> sources, Path classes, String... options)
      throws IOException {
    List<String> all = new ArrayList<>(List.of(options));
    all.addAll(List.of("-proc:none", "-parameters", "-d", classes.toString(), "-cp"));
    all.add(classes + ":" + System.getProperty("java.class.path"));
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter output = new StringWriter();
    try (StandardJavaFileManager files =
        compiler.getStandardFileManager(null, Locale.ROOT, StandardCharsets.UTF_8)) {
      boolean compiled =
          compiler
              .getTask(output, files, null, all, null, files.getJavaFileObjectsFromPaths(sources))
              .call();
      return compiled ? output.toString() : "failed:\n" + output;
    }
  }
}
