package dev.parley.benchmarks.jmh;

import dev.parley.benchmarks.contestant.Installation;
import dev.parley.benchmarks.run.Conversation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The other end of a connection, in a JVM of its own, for as long as a benchmark runs. The system
 * property {@code parley.bench.prefix} has the words that start it on a core of its own.
 */
final class OtherProcess implements AutoCloseable {
  static final String PREFIX = "parley.bench.prefix";

  private final Path folder;
  private final Conversation program;

  private OtherProcess(Path folder, Conversation program) {
    this.folder = folder;
    this.program = program;
  }

  /** Starts a server, whose socket is then in a folder of its own. */
  static OtherProcess start(Class<?> server, String role) throws IOException {
    return start(Files.createTempDirectory("parley-jmh"), server, role);
  }

  /** Starts a program for the socket in that folder, which ends with the program. */
  static OtherProcess start(Path folder, Class<?> program, String role) throws IOException {
    List<String> command = new ArrayList<>();
    String prefix = System.getProperty(PREFIX, "");
    if (!prefix.isEmpty()) {
      command.addAll(Arrays.asList(prefix.split(" ", -1)));
    }
    command.addAll(Installation.ofThisJvm().java(program, role, socket(folder)));
    return new OtherProcess(folder, Conversation.start(program.getSimpleName(), command));
  }

  static Path socket(Path folder) {
    return folder.resolve("bench.sock");
  }

  Path socket() {
    return socket(folder);
  }

  Conversation program() {
    return program;
  }

  @Override
  public void close() throws IOException {
    program.close();
    try (var left = Files.list(folder)) {
      for (Path file : left.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }
}
