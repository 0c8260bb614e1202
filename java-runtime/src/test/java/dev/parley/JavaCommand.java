package dev.parley;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command that runs a main class of these tests in a JVM of its own. */
final class JavaCommand {
  private JavaCommand() {}

  static List<String> of(Class<?> main, String... arguments) {
    String classPath =
        String.join(
            ":",
            Path.of("target/classes").toAbsolutePath().toString(),
            Path.of("target/test-classes").toAbsolutePath().toString(),
            System.getProperty("java.class.path"),
            System.getProperty("jdk.module.path", ""));
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx64m",
                "-cp",
                classPath,
                main.getName()));
    command.addAll(List.of(arguments));
    return command;
  }

  /** The same as a process to be; its errors are told where this one's are. */
  static ProcessBuilder builder(Class<?> main, String... arguments) {
    return new ProcessBuilder(of(main, arguments)).redirectError(ProcessBuilder.Redirect.INHERIT);
  }
}
