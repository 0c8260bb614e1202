package dev.parley.transport;

import dev.parley.transport.TransportException.Reason;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.newsclub.net.unix.AFSocket;
import org.newsclub.net.unix.AFSocketCapability;
import org.newsclub.net.unix.AFUNIXServerSocketChannel;
import org.newsclub.net.unix.AFUNIXSocketAddress;
import org.newsclub.net.unix.AFUNIXSocketChannel;
import org.newsclub.net.unix.AddressAlreadyInUseSocketException;
import org.newsclub.net.unix.ConnectionRefusedSocketException;

/**
 * Sockets over junixsocket: abstract names, and paths where the peer's pid is asked for.
 *
 * <p>Its bind opens a socket file to every user (mode 0666), replaces what it finds there and even
 * deletes regular files. So it is only ever called under a claim, which has cleared the path, and
 * in a directory that no other user can enter.
 */
enum NativeTransport implements Transport {
  INSTANCE;

  @Override
  public Link connect(Endpoint endpoint, long timeoutNanos) throws IOException {
    AFUNIXSocketAddress address = address(endpoint);
    if (endpoint instanceof Endpoint.UnixPath path) {
      ClaimDirectory.checkPresent(path);
    }
    Retry retry = new Retry(timeoutNanos);
    while (true) {
      AFUNIXSocketChannel channel = AFUNIXSocketChannel.open();
      boolean done = false;
      try {
        connect(channel, address);
        Link link = NativeLink.of(channel, endpoint);
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

  private static void connect(AFUNIXSocketChannel channel, AFUNIXSocketAddress address)
      throws IOException {
    channel.configureBlocking(false);
    try {
      // A full queue yields false, and a channel that says that it is connected.
      if (!channel.connect(address)) {
        throw new SocketException("the server's queue is full");
      }
    } catch (ConnectionRefusedSocketException e) {
      ConnectException refused = new ConnectException(e.getMessage());
      refused.initCause(e);
      throw refused;
    }
  }

  @Override
  public Listener listen(Endpoint endpoint, int backlog) throws IOException {
    AFUNIXSocketAddress address = address(endpoint);
    if (!(endpoint instanceof Endpoint.UnixPath path)) {
      return bind(endpoint, address, backlog, null);
    }
    PathClaim claim = PathClaim.take(path);
    boolean done = false;
    try {
      Listener listener = bind(endpoint, address, backlog, claim);
      done = true;
      return listener;
    } finally {
      if (!done) {
        claim.release();
      }
    }
  }

  private static Listener bind(
      Endpoint endpoint, AFUNIXSocketAddress address, int backlog, @Nullable PathClaim claim)
      throws IOException {
    AFUNIXServerSocketChannel channel = AFUNIXServerSocketChannel.open();
    boolean done = false;
    try {
      // Else it takes the path from a live server, and removes a file that is no longer its own.
      channel.socket().setReuseAddress(false);
      channel.setDeleteOnClose(false);
      channel.bind(address, Math.max(1, backlog));
      if (claim != null) {
        claim.bound();
      }
      NativeListener listener = new NativeListener(channel, endpoint, claim);
      listener.start();
      done = true;
      return listener;
    } catch (AddressAlreadyInUseSocketException e) {
      throw new TransportException(
          Reason.IN_USE, "N-5: " + endpoint + " is in use: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new TransportException(
          Reason.FAILED, endpoint + " could not be bound: " + e.getMessage(), e);
    } finally {
      if (!done) {
        if (claim != null) {
          claim.releaseAfter(channel);
        } else {
          channel.close();
        }
      }
    }
  }

  private static AFUNIXSocketAddress address(Endpoint endpoint) throws IOException {
    if (!isSupported()) {
      throw new TransportException(
          Reason.UNSUPPORTED,
          endpoint + " needs junixsocket's native library, which does not load on this machine");
    }
    if (endpoint instanceof Endpoint.UnixPath path) {
      return AFUNIXSocketAddress.of(path.path());
    }
    if (!AFSocket.supports(AFSocketCapability.CAPABILITY_ABSTRACT_NAMESPACE)) {
      throw new TransportException(
          Reason.UNSUPPORTED, endpoint + " is an abstract name, which this system has none of");
    }
    String name = ((Endpoint.AbstractName) endpoint).name();
    return AFUNIXSocketAddress.of(("\0" + name).getBytes(StandardCharsets.UTF_8));
  }

  static boolean isSupported() {
    try {
      return AFSocket.isSupported();
    } catch (LinkageError e) {
      return false;
    }
  }
}
