package dev.parley.transport;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;

/**
 * A link over a JDK channel. The channel is never switched to blocking: interrupts would close it.
 */
class ChannelLink implements Link, Selectable {
  private final SocketChannel channel;
  private final Endpoint endpoint;
  private final Credentials credentials;
  private final Set<Registration> registrations = ConcurrentHashMap.newKeySet(2);

  /** Takes over a channel that was just accepted. */
  static ChannelLink accepted(SocketChannel channel, Endpoint endpoint) throws IOException {
    boolean done = false;
    try {
      channel.configureBlocking(false);
      ChannelLink link = new ChannelLink(channel, endpoint);
      done = true;
      return link;
    } finally {
      if (!done) {
        channel.close();
      }
    }
  }

  /** Takes over a connected channel, non-blocking already. */
  ChannelLink(SocketChannel channel, Endpoint endpoint) throws IOException {
    this.channel = channel;
    this.endpoint = endpoint;
    UnixDomainPrincipal peer = channel.getOption(ExtendedSocketOptions.SO_PEERCRED);
    this.credentials = Credentials.ofNames(peer.user().getName(), peer.group().getName());
  }

  @Override
  public int read(ByteBuffer buffer) throws IOException {
    return channel.read(buffer);
  }

  @Override
  public int write(ByteBuffer buffer) throws IOException {
    return channel.write(buffer);
  }

  @Override
  public void shutdownOutput() throws IOException {
    channel.shutdownOutput();
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
    closeChannel();
  }

  @Override
  public String toString() {
    return "link at " + endpoint;
  }
}
