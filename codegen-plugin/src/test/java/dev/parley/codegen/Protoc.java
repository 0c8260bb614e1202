package dev.parley.codegen;

import com.google.protobuf.MessageLite;
import dev.parley.v1.Options;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The real protoc, of one version, with the plugin as this build has compiled it.
 *
 * <p>Maven puts protoc into {@code target/protoc}; what it needs besides goes into a folder that
 * the test removes.
 */
final class Protoc {
  /** The newest protoc, whose Java output our protobuf-java takes. */
  static final String NEW = System.getProperty("protoc.new");

  /** The oldest one that is supported: Debian's. */
  static final String OLD = System.getProperty("protoc.old");

  private final Path executable;
  private final Path plugin;
  private final Path includes;

  /** How a run ended. */
  record Result(int exitCode, String output) {}

  Protoc(String version, Path scratch) throws IOException {
    this(version, scratch, scratch.resolve("protoc-gen-parley"));
    if (Files.notExists(plugin)) {
      writePlugin();
    }
  }

  /** A protoc that runs another executable as the plugin. */
  Protoc(String version, Path scratch, Path plugin) throws IOException {
    this.executable = Path.of("target", "protoc", "protoc-" + version).toAbsolutePath();
    if (!executable.toFile().setExecutable(true)) {
      throw new IOException(executable + " cannot be made executable: did Maven copy it?");
    }
    this.plugin = plugin;
    this.includes = scratch.resolve("include");
    if (Files.notExists(includes)) {
      unpackSchemas(MessageLite.class, "google/protobuf");
      unpackSchemas(Options.class, "parley/v1");
    }
  }

  /** Runs protoc on every schema below {@code protos}. */
  Result run(Path protos, String... options) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(executable.toString()));
    command.add("--plugin=protoc-gen-parley=" + plugin);
    command.add("-I" + protos);
    command.add("-I" + includes);
    command.addAll(List.of(options));
    for (Path schema : Tree.files(protos)) {
      command.add(protos.relativize(schema).toString());
    }
    return run(command, Path.of("/dev/null"));
  }

  /** The command line of the plugin itself. */
  static List<String> pluginCommand() {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        "-cp",
        home(Main.class) + ":" + home(MessageLite.class),
        Main.class.getName());
  }

  static Result run(List<String> command, Path input) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectInput(input.toFile()).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Result(process.waitFor(), output);
  }

  private void writePlugin() throws IOException {
    String command =
        String.join(" ", pluginCommand().stream().map(word -> "'" + word + "'").toList());
    Files.writeString(plugin, "#!/bin/sh\nexec " + command + "\n");
    if (!plugin.toFile().setExecutable(true)) {
      throw new IOException(plugin + " cannot be made executable");
    }
  }

  /** Puts the schemas that come with a class where protoc finds them. */
  private void unpackSchemas(Class<?> type, String folder) throws IOException {
    Path home = home(type);
    if (Files.isDirectory(home)) {
      copySchemas(home.resolve(folder), folder);
      return;
    }
    try (FileSystem jar = FileSystems.newFileSystem(home)) {
      copySchemas(jar.getPath(folder), folder);
    }
  }

  private void copySchemas(Path from, String folder) throws IOException {
    Path to = Files.createDirectories(includes.resolve(folder));
    try (Stream<Path> entries = Files.list(from)) {
      for (Path entry : entries.filter(e -> e.toString().endsWith(".proto")).toList()) {
        Files.copy(entry, to.resolve(entry.getFileName().toString()));
      }
    }
  }

  /** The jar or folder that a class is of. */
  static Path home(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
