package dev.parley.benchmarks.contestant;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the programs are, and with which JVM the Java ones run.
 *
 * @param nativePrograms the folder of the programs that CMake has built
 * @param rivals the folder of what {@code benchmarks/rivals/build} has built
 * @param java the {@code java} command
 * @param classPath the class path of this module
 */
public record Installation(Path nativePrograms, Path rivals, Path java, String classPath) {
  /** A small heap with a plain collector: what is measured allocates little. */
  private static final List<String> JVM_OPTIONS =
      List.of("-XX:+UseParallelGC", "-Xms128m", "-Xmx1g");

  /** What this JVM runs with, no native programs and no rivals. */
  public static Installation ofThisJvm() {
    return new Installation(
        Path.of("native-programs-are-unknown"),
        Path.of("rivals-are-unknown"),
        Path.of(System.getProperty("java.home"), "bin", "java"),
        System.getProperty("java.class.path"));
  }

  /** The same with the native programs in that folder. */
  public Installation withPrograms(Path folder) {
    return new Installation(folder, rivals, java, classPath);
  }

  /** The same with the rivals in that folder. */
  public Installation withRivals(Path folder) {
    return new Installation(nativePrograms, folder, java, classPath);
  }

  /** The same with another class path. */
  public Installation withClassPath(String other) {
    return new Installation(nativePrograms, rivals, java, other);
  }

  /** Whether CMake has built a program. */
  boolean hasProgram(String name) {
    return Files.isExecutable(nativePrograms.resolve(name));
  }

  /** The command line of a program that CMake has built. */
  List<String> program(String name, String role, Path socket, String... more) {
    return command(List.of(nativePrograms.resolve(name).toString()), role, socket, more);
  }

  /** The command line of a Java program. */
  public List<String> java(Class<?> program, String role, Path socket, String... more) {
    return java(program.getName(), role, socket, more);
  }

  /** The command line of a Java program that may be on our class path only. */
  List<String> java(String className, String role, Path socket, String... more) {
    List<String> start = new ArrayList<>();
    start.add(java.toString());
    start.addAll(JVM_OPTIONS);
    start.addAll(List.of("-cp", classPath, className));
    return command(start, role, socket, more);
  }

  static List<String> command(List<String> start, String role, Path socket, String... more) {
    List<String> words = new ArrayList<>(start);
    words.addAll(List.of(role, "--path", socket.toString()));
    words.addAll(List.of(more));
    return List.copyOf(words);
  }
}
