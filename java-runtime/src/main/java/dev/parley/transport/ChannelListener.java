package dev.parley.transport;

import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A listener over a JDK channel, at a claimed path. */
final class ChannelListener implements Listener, Selectable {
  private final ServerSocketChannel channel;
  private final PathClaim claim;
  private final Set<Registration> registrations = ConcurrentHashMap.newKeySet(1);

  /** Takes over a bound channel, non-blocking already, and the claim. */
  ChannelListener(ServerSocketChannel channel, PathClaim claim) {
    this.channel = channel;
    this.claim = claim;
  }

  @Override
  public @Nullable Link accept() throws IOException {
    SocketChannel accepted = channel.accept();
    if (accepted == null) {
      return null;
    }
    boolean done = false;
    try {
      accepted.configureBlocking(false);
      Link link = new ChannelLink(accepted, claim.endpoint());
      done = true;
      return link;
    } finally {
      if (!done) {
        accepted.close();
      }
    }
  }

  @Override
  public Endpoint endpoint() {
    return claim.endpoint();
  }

  @Override
  public SelectableChannel channel() {
    return channel;
  }

  @Override
  public int readOperation() {
    return SelectionKey.OP_ACCEPT;
  }

  @Override
  public int writeOperation() {
    return 0;
  }

  @Override
  public Set<Registration> registrations() {
    return registrations;
  }

  @Override
  public void close() {
    claim.releaseAfter(this::closeChannel);
  }

  @Override
  public String toString() {
    return "listener at " + claim.endpoint();
  }
}
