package dev.parley.codegen;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.MessageLite;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The plugin in the forms that users get it in. */
final class PackagedIT {
  private static final Path EXECUTABLE = Path.of("target", "protoc-gen-parley").toAbsolutePath();
  private static final Path THIN = Path.of(System.getProperty("packaged") + ".jar");
  private static final Path SHADED = Path.of(System.getProperty("packaged") + "-protoc.jar");
  private static final Golden SIMPLE = new Golden(Path.of("src", "test", "golden", "simple"));

  @TempDir Path scratch;

  @ParameterizedTest
  @ValueSource(strings = {"java", "cpp"})
  void theExecutableServesEveryProtoc(String target) throws Exception {
    for (String version : List.of(Protoc.NEW, Protoc.OLD)) {
      assertServes(new Protoc(version, scratch, EXECUTABLE), target);
    }
  }

  @Test
  void theExecutableWorksWhereverItIsCopied() throws Exception {
    Path folder = Files.createDirectories(scratch.resolve("a folder with 'signs' $HOME"));
    Path copy = folder.resolve("protoc-gen-parley");
    Files.copy(EXECUTABLE, copy);
    assertThat(copy.toFile().setExecutable(true)).isTrue();
    assertServes(new Protoc(Protoc.NEW, scratch, copy), "java");
  }

  @Test
  void theExecutableSaysThatItNeedsJava() throws Exception {
    List<String> command =
        List.of("/usr/bin/env", "-i", "PATH=/nonexistent", EXECUTABLE.toString());
    assertThat(Protoc.run(command, Path.of("/dev/null")))
        .isEqualTo(
            new Protoc.Result(
                1,
                "protoc-gen-parley: no java found: set JAVA_HOME, or put java 17 or newer on the"
                    + " PATH\n"));
  }

  @Test
  void theShadedJarRunsAlone() throws Exception {
    assertServes(new Protoc(Protoc.NEW, scratch, script("-jar", SHADED.toString())), "java");
  }

  @Test
  void theThinJarNeedsProtobufAlone() throws Exception {
    String path = THIN + File.pathSeparator + Protoc.home(MessageLite.class);
    try (JarFile jar = new JarFile(THIN.toFile())) {
      String main = jar.getManifest().getMainAttributes().getValue("Main-Class");
      assertServes(new Protoc(Protoc.NEW, scratch, script("-cp", path, main)), "java");
    }
    // Else the pom of the thin jar would be one without protobuf.
    assertThat(Path.of("dependency-reduced-pom.xml")).doesNotExist();
  }

  private void assertServes(Protoc protoc, String target) throws Exception {
    Path out = Files.createTempDirectory(scratch, "out");
    Protoc.Result result =
        protoc.run(SIMPLE.protos(), "--parley_out=" + out, "--parley_opt=target=" + target);
    assertThat(result).isEqualTo(new Protoc.Result(0, ""));
    assertThat(Tree.read(out)).isEqualTo(Tree.read(SIMPLE.output(target)));
  }

  private Path script(String... arguments) throws Exception {
    Path script = scratch.resolve("plugin");
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    String words = "'" + java + "' '" + String.join("' '", arguments) + "'";
    Files.writeString(script, "#!/bin/sh\nexec " + words + "\n");
    assertThat(script.toFile().setExecutable(true)).isTrue();
    return script;
  }
}
