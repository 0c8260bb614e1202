package dev.parley.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The check that a test has given back every socket, lock, selector and thread. */
final class LeaveNothingBehind implements BeforeEachCallback, AfterEachCallback {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

  static {
    // What the JDK and junixsocket open once and keep.
    try {
      Path directory = Files.createTempDirectory("parley-warm");
      Path path = directory.resolve("warm.sock");
      for (Transport transport : List.of(Transport.standard(), Transport.withPeerPid())) {
        LinkPair pair = LinkPair.open(transport, SocketNames.explicit(path));
        pair.close();
      }
      Files.delete(directory.resolve("warm.lock"));
      Files.delete(directory);
    } catch (IOException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(LeaveNothingBehind.class);

  @Override
  public void beforeEach(ExtensionContext context) throws IOException {
    settle(0);
    context.getStore(NAMESPACE).put("descriptors", descriptors().size());
  }

  @Override
  public void afterEach(ExtensionContext context) throws IOException {
    int before = context.getStore(NAMESPACE).getOrDefault("descriptors", Integer.class, 0);
    settle(before);
    assertThat(threads()).isEmpty();
    assertThat(descriptors()).hasSizeLessThanOrEqualTo(before);
  }

  /** Native links free what they have in their own threads, a moment after the close. */
  private static void settle(int before) throws IOException {
    long start = System.nanoTime();
    while ((!threads().isEmpty() || (before > 0 && descriptors().size() > before))
        && System.nanoTime() - start < PATIENCE_NANOS) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
  }

  private static List<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(Thread::isAlive)
        .map(Thread::getName)
        .filter(name -> name.startsWith("parley-"))
        .toList();
  }

  /** The open sockets, selectors and lock files of this process. */
  static List<String> descriptors() throws IOException {
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      return all.map(LeaveNothingBehind::target)
          .filter(
              target ->
                  target.startsWith("socket:")
                      || target.startsWith("anon_inode:")
                      || target.startsWith("pipe:")
                      || target.contains(".lock"))
          .toList();
    }
  }

  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException e) {
      return ""; // Closed meanwhile: the one that listed them.
    }
  }
}
