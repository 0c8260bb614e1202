package dev.parley.transport;

import dev.parley.transport.TransportException.Reason;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** Plain socket paths over the JDK's own channels. */
final class ChannelTransport {
  private ChannelTransport() {}

  static Link connect(Endpoint.UnixPath endpoint, long timeoutNanos) throws IOException {
    ClaimDirectory.checkPresent(endpoint);
    Retry retry = new Retry(timeoutNanos);
    while (true) {
      SocketChannel channel = openChannel(endpoint);
      boolean done = false;
      try {
        if (!channel.connect(UnixDomainSocketAddress.of(endpoint.path()))) {
          throw new SocketException("the kernel left the connection pending");
        }
        Link link = new ChannelLink(channel, endpoint);
        done = true;
        return link;
      } catch (IOException e) {
        retry.afterConnect(endpoint, e);
      } finally {
        if (!done) {
          channel.close();
        }
      }
    }
  }

  static Listener listen(Endpoint.UnixPath endpoint, int backlog, Access access)
      throws IOException {
    PathClaim claim = PathClaim.take(endpoint, access);
    boolean done = false;
    try {
      Listener listener =
          new ChannelListener(bound(endpoint, backlog, claim, access), claim, backlog, access);
      done = true;
      return listener;
    } finally {
      if (!done) {
        claim.release();
      }
    }
  }

  /** Binds at a claimed path. */
  static ServerSocketChannel bound(
      Endpoint.UnixPath endpoint, int backlog, PathClaim claim, Access access) throws IOException {
    ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    boolean done = false;
    try {
      channel.configureBlocking(false);
      Placement.bind(
          endpoint,
          access,
          path -> channel.bind(UnixDomainSocketAddress.of(path), Math.max(1, backlog)));
      claim.bound();
      done = true;
      return channel;
    } catch (BindException e) {
      // So the JDK reports both that something is there and that nothing may be.
      boolean taken = FileIdentity.ifPresent(endpoint.path()) != null;
      throw new TransportException(
          taken ? Reason.IN_USE : Reason.NOT_PERMITTED,
          "N-5: " + endpoint + " could not be bound: " + e.getMessage(),
          e);
    } catch (TransportException e) {
      throw e;
    } catch (IOException e) {
      throw new TransportException(
          Reason.FAILED, endpoint + " could not be bound: " + e.getMessage(), e);
    } finally {
      if (!done) {
        claim.unbound(channel);
      }
    }
  }

  /**
   * Whether somebody listens at a socket's path: a bare connect that sends nothing (N-5).
   *
   * @throws ConnectException if nobody does
   * @throws IOException if it cannot be told
   */
  static void probe(Path path) throws IOException {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.configureBlocking(false);
      channel.connect(UnixDomainSocketAddress.of(path));
    }
  }

  private static SocketChannel openChannel(Endpoint endpoint) throws TransportException {
    try {
      SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
      channel.configureBlocking(false);
      return channel;
    } catch (IOException e) {
      throw new TransportException(
          Reason.FAILED, "no socket for " + endpoint + ": " + e.getMessage(), e);
    }
  }
}
