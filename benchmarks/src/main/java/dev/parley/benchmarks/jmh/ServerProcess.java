package dev.parley.benchmarks.jmh;

import dev.parley.benchmarks.parley.BenchServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A Parley server in a JVM of its own, for as long as a benchmark runs. The system property {@code
 * parley.bench.server.prefix} has the words that start it on a core of its own.
 */
final class ServerProcess implements AutoCloseable {
  static final String PREFIX = "parley.bench.server.prefix";

  private final Path folder;
  private final Path socket;
  private final Process process;

  ServerProcess() throws IOException {
    folder = Files.createTempDirectory("parley-jmh");
    socket = folder.resolve("bench.sock");
    List<String> command = new ArrayList<>();
    String prefix = System.getProperty(PREFIX, "");
    if (!prefix.isEmpty()) {
      command.addAll(Arrays.asList(prefix.split(" ", -1)));
    }
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseParallelGC", "-Xms256m", "-Xmx1g"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(BenchServer.class.getName(), "server"));
    command.addAll(List.of("--path", socket.toString(), "--size", "0"));
    process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    BufferedReader answers = process.inputReader(StandardCharsets.US_ASCII);
    String line = answers.readLine();
    if (!"ready".equals(line)) {
      process.destroyForcibly();
      throw new IOException("the server said " + line);
    }
  }

  Path socket() {
    return socket;
  }

  @Override
  public void close() throws IOException {
    process.getOutputStream().close();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    try (var left = Files.list(folder)) {
      for (Path file : left.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }
}
