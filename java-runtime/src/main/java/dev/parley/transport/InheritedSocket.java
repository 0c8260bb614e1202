package dev.parley.transport;

import dev.parley.transport.TransportException.Reason;
import java.io.IOException;
import java.nio.channels.Channel;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;
import org.newsclub.net.unix.AFUNIXSocketChannel;
import org.newsclub.net.unix.FileDescriptorCast;

/** A connected socket that whoever started this process has left it, by its number (N-10). */
public final class InheritedSocket {
  private InheritedSocket() {}

  /**
   * Makes a link of the descriptor. Standard input, which a Java parent gives, is carried by the
   * JDK and afterwards reads as empty, so that no child of this process inherits it; any other
   * number is carried by junixsocket. A JVM hands no other descriptor down.
   *
   * @throws TransportException INVALID_ADDRESS if it is no connected Unix socket, UNSUPPORTED,
   *     FAILED
   */
  public static Link take(int descriptor, String peer) throws IOException {
    Endpoint endpoint = new Endpoint.Paired(peer);
    return descriptor == 0 ? standardInput(endpoint) : other(descriptor, endpoint);
  }

  private static Link standardInput(Endpoint endpoint) throws IOException {
    Channel inherited = System.inheritedChannel();
    if (!(inherited instanceof SocketChannel channel)) {
      throw noSocket(0, endpoint, null);
    }
    channel.configureBlocking(false);
    Link link = new InheritedLink(channel, endpoint);
    System.in.close(); // For the JDK this is: let it be /dev/null.
    return link;
  }

  private static Link other(int descriptor, Endpoint endpoint) throws IOException {
    if (!NativeTransport.isSupported()) {
      throw new TransportException(
          Reason.UNSUPPORTED,
          "N-10: descriptor "
              + descriptor
              + " needs junixsocket's native library, which does not load on this machine");
    }
    AFUNIXSocketChannel channel;
    try {
      channel = FileDescriptorCast.unsafeUsing(descriptor).as(AFUNIXSocketChannel.class);
    } catch (IOException | ClassCastException e) {
      throw noSocket(descriptor, endpoint, e);
    }
    return NativeLink.of(channel, endpoint);
  }

  private static TransportException noSocket(
      int descriptor, Endpoint endpoint, @Nullable Exception cause) {
    return new TransportException(
        Reason.INVALID_ADDRESS,
        "N-10: descriptor "
            + descriptor
            + ", which should lead to the "
            + endpoint
            + ", is no connected Unix socket",
        cause);
  }
}
