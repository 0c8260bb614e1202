package dev.parley.transport;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;

/**
 * A link over {@link System#inheritedChannel}. It shuts the socket down and never closes the
 * channel, which would have the JDK put /dev/null in the place of standard output and error.
 */
final class InheritedLink extends ChannelLink {
  private volatile boolean closed;

  /** Takes over a connected channel, non-blocking already. */
  InheritedLink(SocketChannel channel, Endpoint endpoint) throws IOException {
    super(channel, endpoint);
  }

  @Override
  public int read(ByteBuffer buffer) throws IOException {
    requireOpen();
    return super.read(buffer);
  }

  @Override
  public int write(ByteBuffer buffer) throws IOException {
    requireOpen();
    return super.write(buffer);
  }

  @Override
  public void shutdownOutput() throws IOException {
    requireOpen();
    super.shutdownOutput();
  }

  private void requireOpen() throws ClosedChannelException {
    if (closed) {
      throw new ClosedChannelException();
    }
  }

  @Override
  public void close() {
    closed = true;
    try {
      super.shutdownOutput();
      ((SocketChannel) channel()).shutdownInput();
    } catch (IOException e) {
      // The peer has gone, and the connection with it.
    }
    registrations().forEach(Registration::cancel);
  }
}
