package dev.parley.codegen;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.compiler.PluginProtos.CodeGeneratorRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program, run as protoc runs it, but with input that no protoc gives. */
final class MainTest {
  @TempDir Path scratch;

  @Test
  void inputThatIsNoRequestEndsWithOneClearLine() throws Exception {
    Protoc.Result result = run("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.UTF_8));
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.output())
        .startsWith("protoc-gen-parley: standard input is no request of protoc: ")
        .hasLineCount(1);
  }

  @Test
  void emptyInputEndsWithOneClearLine() throws Exception {
    assertThat(run(new byte[0]))
        .isEqualTo(new Protoc.Result(1, "protoc-gen-parley: standard input is empty\n"));
  }

  @Test
  void aRequestWithoutAFileEndsWithOneClearLine() throws Exception {
    byte[] request =
        CodeGeneratorRequest.newBuilder().setParameter("target=java").build().toByteArray();
    assertThat(run(request))
        .isEqualTo(
            new Protoc.Result(
                1, "protoc-gen-parley: standard input names no file to generate from\n"));
  }

  @Test
  void somebodyWhoRunsItByHandIsToldHow() throws Exception {
    Protoc.Result result = run(new byte[0], "--help");
    assertThat(result.exitCode()).isZero();
    assertThat(result.output()).contains("protoc --parley_out=DIR --parley_opt=target=java FILE");
  }

  private Protoc.Result run(byte[] input, String... arguments) throws Exception {
    Path file = Files.write(scratch.resolve("input"), input);
    List<String> command = new ArrayList<>(Protoc.pluginCommand());
    command.addAll(List.of(arguments));
    return Protoc.run(command, file);
  }
}
