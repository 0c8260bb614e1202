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
  private final int backlog;
  private final Access access;

  /** The claim is another listener's now. */
  private volatile boolean retired;

  private final Set<Registration> registrations = ConcurrentHashMap.newKeySet(1);

  /** Takes over a bound channel, non-blocking already, and the claim. */
  ChannelListener(ServerSocketChannel channel, PathClaim claim, int backlog, Access access) {
    this.channel = channel;
    this.claim = claim;
    this.backlog = backlog;
    this.access = access;
  }

  @Override
  public @Nullable Link accept() throws IOException {
    SocketChannel accepted = channel.accept();
    return accepted == null ? null : ChannelLink.accepted(accepted, claim.endpoint());
  }

  @Override
  public boolean isInPlace() {
    return claim.isInPlace();
  }

  @Override
  public Listener restored() throws IOException {
    claim.clearPath();
    Listener next =
        new ChannelListener(
            ChannelTransport.bound(claim.endpoint(), backlog, claim, access),
            claim,
            backlog,
            access);
    retired = true;
    return next;
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
    if (retired) {
      closeChannel();
    } else {
      claim.releaseAfter(this::closeChannel);
    }
  }

  @Override
  public String toString() {
    return "listener at " + claim.endpoint();
  }
}
