package dev.parley;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.MessageLite;
import dev.parley.test.v1.Text;
import dev.parley.v1.Envelope;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.newsclub.net.unix.AFUNIXSocketAddress;

/** A class with a main method in a JVM of its own. */
final class ChildJvm {
  private ChildJvm() {}

  /** A process to be; its errors are told where this one's are. */
  static ProcessBuilder builder(Class<?> main, String... arguments) {
    Class<?> nativeLibrary;
    try {
      nativeLibrary = Class.forName("org.newsclub.lib.junixsocket.common.NarMetadata");
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
    String classPath =
        Stream.of(
                nativeLibrary,
                Server.class,
                main,
                Text.class,
                Envelope.class,
                MessageLite.class,
                NullMarked.class,
                AFUNIXSocketAddress.class,
                assertThat(true).getClass())
            .map(type -> type.getProtectionDomain().getCodeSource().getLocation().getPath())
            .distinct()
            .collect(Collectors.joining(":"));
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classPath,
                main.getName()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
  }
}
