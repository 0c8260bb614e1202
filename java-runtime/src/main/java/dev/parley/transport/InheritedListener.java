package dev.parley.transport;

import dev.parley.transport.TransportException.Reason;
import java.io.IOException;
import java.nio.channels.Channel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.newsclub.net.unix.AFUNIXServerSocketChannel;
import org.newsclub.net.unix.FileDescriptorCast;

/**
 * A listening socket that whoever started this process has made: it takes no claim, and its close
 * unlinks nothing and ends nothing for others that accept there (N-8, N-12).
 *
 * <p>Descriptor 0 is carried by the JDK. Its channel is never closed, since the JDK would put
 * /dev/null in the place of standard output and error with that.
 */
final class InheritedListener implements Listener, Selectable {
  private final ServerSocketChannel channel;
  private final Endpoint endpoint;
  private final Set<Registration> registrations = ConcurrentHashMap.newKeySet(1);
  private volatile boolean closed;

  private InheritedListener(ServerSocketChannel channel, Endpoint endpoint) {
    this.channel = channel;
    this.endpoint = endpoint;
  }

  static Listener of(Endpoint.Inherited endpoint) throws IOException {
    if (endpoint.descriptor() != 0) {
      return ofOther(endpoint);
    }
    Channel inherited = System.inheritedChannel();
    if (!(inherited instanceof ServerSocketChannel channel)) {
      throw noListener(endpoint, null);
    }
    channel.configureBlocking(false);
    return new InheritedListener(channel, endpoint);
  }

  private static Listener ofOther(Endpoint.Inherited endpoint) throws IOException {
    if (!NativeTransport.isSupported()) {
      throw new TransportException(
          Reason.UNSUPPORTED,
          endpoint + " needs junixsocket's native library, which does not load on this machine");
    }
    AFUNIXServerSocketChannel channel;
    try {
      channel =
          FileDescriptorCast.unsafeUsing(endpoint.descriptor()).as(AFUNIXServerSocketChannel.class);
    } catch (IOException | ClassCastException e) {
      throw noListener(endpoint, e);
    }
    NativeListener listener = NativeListener.ofShared(channel, endpoint);
    listener.start();
    return listener;
  }

  private static TransportException noListener(Endpoint endpoint, @Nullable Exception cause) {
    return new TransportException(
        Reason.INVALID_ADDRESS, "N-8: " + endpoint + " is no listening Unix socket", cause);
  }

  @Override
  public @Nullable Link accept() throws IOException {
    if (closed) {
      throw new ClosedChannelException();
    }
    SocketChannel accepted = channel.accept();
    return accepted == null ? null : ChannelLink.accepted(accepted, endpoint);
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
    closed = true;
    registrations.forEach(Registration::cancel);
  }

  @Override
  public String toString() {
    return "listener at " + endpoint;
  }
}
