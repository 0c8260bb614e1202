package dev.parley.transport;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;

/**
 * A link over {@link System#inheritedChannel}. It shuts the socket down and never closes the
 * channel, which would have the JDK put /dev/null in the place of standard output and error.
 */
final class InheritedLink implements Link, Selectable {
  private final SocketChannel channel;
  private final Endpoint endpoint;
  private final Credentials credentials;
  private final Set<Registration> registrations = ConcurrentHashMap.newKeySet(2);
  private volatile boolean closed;

  /** Takes over a connected channel, non-blocking already. */
  InheritedLink(SocketChannel channel, Endpoint endpoint) throws IOException {
    this.channel = channel;
    this.endpoint = endpoint;
    UnixDomainPrincipal peer = channel.getOption(ExtendedSocketOptions.SO_PEERCRED);
    this.credentials = Credentials.ofNames(peer.user().getName(), peer.group().getName());
  }

  @Override
  public int read(ByteBuffer buffer) throws IOException {
    requireOpen();
    return channel.read(buffer);
  }

  @Override
  public int write(ByteBuffer buffer) throws IOException {
    requireOpen();
    return channel.write(buffer);
  }

  @Override
  public void shutdownOutput() throws IOException {
    requireOpen();
    channel.shutdownOutput();
  }

  private void requireOpen() throws ClosedChannelException {
    if (closed) {
      throw new ClosedChannelException();
    }
  }

  @Override
  public Credentials credentials() {
    return credentials;
  }

  @Override
  public Endpoint endpoint() {
    return endpoint;
  }

  @Override
  public SelectableChannel channel() {
    return channel;
  }

  @Override
  public int readOperation() {
    return SelectionKey.OP_READ;
  }

  @Override
  public int writeOperation() {
    return SelectionKey.OP_WRITE;
  }

  @Override
  public Set<Registration> registrations() {
    return registrations;
  }

  @Override
  public void close() {
    closed = true;
    try {
      channel.shutdownOutput();
      channel.shutdownInput();
    } catch (IOException e) {
      // The peer has gone, and the connection with it.
    }
    registrations.forEach(Registration::cancel);
  }

  @Override
  public String toString() {
    return "link to the " + endpoint;
  }
}
