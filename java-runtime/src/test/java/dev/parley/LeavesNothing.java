package dev.parley;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Holds each test to leaving no thread of the runtime and no socket or selector behind. */
final class LeavesNothing implements BeforeEachCallback, AfterEachCallback {
  private static final ExtensionContext.Namespace HERE =
      ExtensionContext.Namespace.create(LeavesNothing.class);

  @Override
  public void beforeEach(ExtensionContext context) throws IOException {
    // The JDK makes a socket of its own with the first channel that is closed, and keeps it.
    try (Selector selector = Selector.open();
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.configureBlocking(false);
      channel.register(selector, SelectionKey.OP_READ);
    }
    context.getStore(HERE).put("descriptors", descriptors().size());
  }

  @Override
  public void afterEach(ExtensionContext context) throws InterruptedException {
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith("parley")) {
        thread.join(10_000);
        assertThat(thread.isAlive()).as("thread %s is left", thread.getName()).isFalse();
      }
    }
    assertThat(descriptors())
        .hasSizeLessThanOrEqualTo(
            context.getStore(HERE).getOrDefault("descriptors", Integer.class, 0));
  }

  private static List<String> descriptors() {
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      return all.map(LeavesNothing::target)
          .filter(target -> target.contains("socket:") || target.contains("anon_inode:"))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException e) {
      return ""; // It was the listing's own.
    }
  }
}
