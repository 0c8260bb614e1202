package dev.parley.codegen;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A case of {@code src/test/golden}, named for a hazard: the schemas in {@code proto}, and what
 * each target makes of them in a folder of the target's name, or in {@code TARGET.error.txt} the
 * error. {@code use} has code that a user would write against the result.
 */
record Golden(Path folder) {
  static final List<String> TARGETS = List.of("java", "cpp");

  static List<Golden> all() throws IOException {
    try (Stream<Path> folders = Files.list(Path.of("src", "test", "golden"))) {
      return folders.filter(Files::isDirectory).sorted().map(Golden::new).toList();
    }
  }

  Path protos() {
    return folder.resolve("proto");
  }

  Path output(String target) {
    return folder.resolve(target);
  }

  Path error(String target) {
    return folder.resolve(target + ".error.txt");
  }

  Path use(String target) {
    return folder.resolve("use").resolve(target);
  }

  /** Whether the case needs a protoc that knows editions. */
  boolean usesEditions() throws IOException {
    return Tree.read(protos()).values().stream().anyMatch(text -> text.contains("edition = \""));
  }

  @Override
  public String toString() {
    return folder.getFileName().toString();
  }
}
