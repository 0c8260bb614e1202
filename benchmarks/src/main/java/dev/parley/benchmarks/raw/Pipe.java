package dev.parley.benchmarks.raw;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** A connected socket, and a way to wait until it has bytes. For one thread. */
interface Pipe extends AutoCloseable {
  /**
   * Reads at least one byte into {@code buffer}.
   *
   * @return false if the other end has closed
   */
  boolean read(ByteBuffer buffer) throws IOException;

  /** Writes all of {@code buffer}. */
  void write(ByteBuffer buffer) throws IOException;

  @Override
  void close() throws IOException;

  /** Wraps a channel in the way that is named: blocking, selector or polling. */
  static Pipe of(String reading, SocketChannel channel) throws IOException {
    return switch (reading) {
      case "blocking" -> new BlockingPipe(channel);
      case "selector" -> new SelectorPipe(channel, 0);
      case "polling" -> new SelectorPipe(channel, SelectorPipe.POLL_NANOS);
      default -> throw new IllegalArgumentException("no way to read: " + reading);
    };
  }
}
