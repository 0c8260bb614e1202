package dev.parley.benchmarks.raw;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/**
 * Waits in a Selector, after it has polled for a while: reads without blocking, with a yield in
 * between.
 */
final class SelectorPipe implements Pipe {
  /** How long to poll before sleeping: about the time that a sleeping core takes to wake. */
  static final long POLL_NANOS = 50_000;

  private final SocketChannel channel;
  private final Selector selector;
  private final SelectionKey key;
  private final long pollNanos;

  /**
   * @param pollNanos 0: sleep in the Selector at once
   */
  SelectorPipe(SocketChannel channel, long pollNanos) throws IOException {
    this.channel = channel;
    this.pollNanos = pollNanos;
    channel.configureBlocking(false);
    selector = Selector.open();
    key = channel.register(selector, SelectionKey.OP_READ);
  }

  @Override
  @SuppressWarnings("ThreadPriorityCheck") // To yield while polling is what is measured here.
  public boolean read(ByteBuffer buffer) throws IOException {
    if (pollNanos == 0) {
      // As most programs do: the Selector first, as it is what tells that there is something.
      await(SelectionKey.OP_READ);
    }
    int got = channel.read(buffer);
    long start = got == 0 ? System.nanoTime() : 0;
    while (got == 0) {
      if (System.nanoTime() - start < pollNanos) {
        Thread.yield();
      } else {
        await(SelectionKey.OP_READ);
      }
      got = channel.read(buffer);
    }
    return got > 0;
  }

  @Override
  public void write(ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      if (channel.write(buffer) == 0) {
        await(SelectionKey.OP_WRITE);
      }
    }
  }

  private void await(int operation) throws IOException {
    if (key.interestOps() != operation) {
      key.interestOps(operation);
    }
    selector.select();
    selector.selectedKeys().clear();
  }

  @Override
  public void close() throws IOException {
    selector.close();
    channel.close();
  }
}
