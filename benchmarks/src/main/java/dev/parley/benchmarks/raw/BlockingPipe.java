package dev.parley.benchmarks.raw;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** Waits in the kernel's blocking read. */
final class BlockingPipe implements Pipe {
  private final SocketChannel channel;

  BlockingPipe(SocketChannel channel) {
    this.channel = channel;
  }

  @Override
  public boolean read(ByteBuffer buffer) throws IOException {
    return channel.read(buffer) >= 0;
  }

  @Override
  public void write(ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
