package dev.parley.benchmarks.contestant;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Where the programs of the rivals are: {@code scripts/bench} has them built in one folder, as far
 * as this machine has what they are made with.
 */
final class RivalInstallation {
  private final Installation installation;
  private final Path folder;

  RivalInstallation(Installation installation) {
    this.installation = installation;
    this.folder = installation.rivals();
  }

  /** Whether a program in C++ is there. */
  boolean hasProgram(String name) {
    return Files.isExecutable(program(name));
  }

  /** The command line of a program in C++. */
  List<String> program(String name, String role, Path socket) {
    return Installation.command(List.of(program(name).toString()), role, socket);
  }

  private Path program(String name) {
    return folder.resolve("cpp").resolve("bin").resolve(name);
  }

  /** Whether the programs in Java are there, with their libraries. */
  boolean hasJava() {
    return Files.exists(jar()) && Files.isDirectory(libraries());
  }

  /** The command line of a program in Java; its class is not on the class path of this module. */
  List<String> java(String className, String role, Path socket, String... more) {
    return installation
        .withClassPath(jar() + ":" + libraries() + "/*")
        .java(className, role, socket, more);
  }

  private Path jar() {
    return folder.resolve("java").resolve("rivals.jar");
  }

  private Path libraries() {
    return folder.resolve("java").resolve("lib");
  }

  /** Whether the program in JavaScript is there, with its packages. */
  boolean hasScript() {
    return Files.isDirectory(folder.resolve("node").resolve("node_modules"));
  }

  /** The command line of the program in JavaScript. */
  List<String> script(String role, Path socket) {
    return Installation.command(
        List.of("node", folder.resolve("node").resolve("main.js").toString()), role, socket);
  }
}
