package dev.parley.codegen;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What protoc writes with the plugin is what the golden files hold.
 *
 * <p>After a change that is meant to show, rewrite them and read the difference:
 *
 * <pre>mvn -pl codegen-plugin test -Dtest=GoldenTest -Dgoldens=write</pre>
 */
final class GoldenTest {
  private static final boolean WRITE = "write".equals(System.getProperty("goldens"));

  /** How protoc begins to report an error of the plugin. */
  private static final String SAYS = "--parley_out: ";

  @TempDir static Path scratch;

  private static Protoc newest;
  private static Protoc oldest;

  @BeforeAll
  static void prepare() throws IOException {
    newest = new Protoc(Protoc.NEW, scratch);
    oldest = new Protoc(Protoc.OLD, scratch);
  }

  static List<Arguments> cases() throws IOException {
    List<Arguments> cases = new ArrayList<>();
    for (Golden golden : Golden.all()) {
      for (String target : Golden.TARGETS) {
        cases.add(Arguments.of(golden, target, Protoc.NEW));
        if (!golden.usesEditions()) {
          cases.add(Arguments.of(golden, target, Protoc.OLD));
        }
      }
    }
    return cases;
  }

  @Execution(ExecutionMode.CONCURRENT)
  @ParameterizedTest(name = "{0} for {1} by protoc {2}")
  @MethodSource("cases")
  void protocWritesWhatTheGoldenFilesHold(Golden golden, String target, String version)
      throws Exception {
    Path out = Files.createTempDirectory(scratch, "out");
    Protoc protoc = version.equals(Protoc.NEW) ? newest : oldest;
    Protoc.Result result =
        protoc.run(golden.protos(), "--parley_out=" + out, "--parley_opt=target=" + target);
    String error = result.exitCode() == 0 ? "" : error(result.output());
    SortedMap<String, String> written = Tree.read(out);

    if (WRITE && version.equals(Protoc.NEW)) {
      rewrite(golden, target, error, written);
    }
    Path wantedError = golden.error(target);
    assertThat(error).isEqualTo(Files.exists(wantedError) ? Files.readString(wantedError) : "");
    SortedMap<String, String> wanted = new TreeMap<>(Tree.read(golden.output(target)));
    assertThat(written.keySet()).isEqualTo(wanted.keySet());
    written.forEach((path, text) -> assertThat(text).as(path).isEqualTo(wanted.get(path)));
  }

  /** The plugin's error, without what protoc itself says before. */
  private static String error(String output) {
    int start = output.indexOf(SAYS);
    return start < 0 ? output : output.substring(start + SAYS.length());
  }

  private static void rewrite(
      Golden golden, String target, String error, SortedMap<String, String> written)
      throws IOException {
    Files.deleteIfExists(golden.error(target));
    if (!error.isEmpty()) {
      Files.writeString(golden.error(target), error);
    }
    Tree.replace(golden.output(target), written);
  }
}
