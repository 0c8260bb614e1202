package dev.parley.transport;

import dev.parley.transport.TransportException.Reason;
import java.io.Closeable;
import java.io.FileOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;
import org.newsclub.net.unix.AFSocketCapability;
import org.newsclub.net.unix.AFUNIXSocket;
import org.newsclub.net.unix.AFUNIXSocketAddress;
import org.newsclub.net.unix.AFUNIXSocketChannel;
import org.newsclub.net.unix.FileDescriptorCast;

/**
 * Two sockets that are joined from the start, one of them for a child process as its standard
 * input: the one descriptor that a Java program can hand down. No third process can take either
 * (N-10).
 *
 * <p>The JDK makes no such pair, and junixsocket's own leaks two descriptors each time. So one end
 * connects to the other at a path in a directory that only this user can enter and that is gone
 * before anybody learns of the pair; a token tells that it is the other end. This process's end is
 * the JDK's, as links do best on it; the child's is junixsocket's, which tells its descriptor.
 *
 * <p>For one thread.
 */
public final class SocketPair implements Closeable {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int TOKEN_BYTES = 16;

  private final Endpoint.Paired endpoint;
  private final SocketChannel own;
  private final AFUNIXSocketChannel handedDown;
  private boolean isGivenUp;
  private boolean isKept;

  private SocketPair(Endpoint.Paired endpoint, SocketChannel own, AFUNIXSocketChannel handedDown) {
    this.endpoint = endpoint;
    this.own = own;
    this.handedDown = handedDown;
  }

  /**
   * Makes a pair.
   *
   * @param child what the child is called in messages
   * @throws TransportException UNSUPPORTED where junixsocket cannot do it, FAILED if the system
   *     refuses
   */
  public static SocketPair open(String child) throws IOException {
    Endpoint.Paired endpoint = new Endpoint.Paired(child);
    if (!NativeTransport.isSupported()
        || !AFUNIXSocket.supports(AFSocketCapability.CAPABILITY_FD_AS_REDIRECT)) {
      throw new TransportException(
          Reason.UNSUPPORTED,
          "N-10: a pair for "
              + endpoint
              + " needs junixsocket's native library, and a JDK that hands descriptors down");
    }
    try {
      Path directory = Files.createTempDirectory("parley-"); // Of mode 0700.
      try {
        return open(endpoint, directory.resolve("pair"));
      } finally {
        Files.deleteIfExists(directory);
      }
    } catch (IOException e) {
      throw new TransportException(
          Reason.FAILED, "N-10: no pair for " + endpoint + ": " + e.getMessage(), e);
    }
  }

  private static SocketPair open(Endpoint.Paired endpoint, Path path) throws IOException {
    AFUNIXSocketChannel handedDown = null;
    SocketChannel own = null;
    boolean done = false;
    try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      listener.bind(UnixDomainSocketAddress.of(path));
      try {
        handedDown = AFUNIXSocketChannel.open();
        handedDown.connect(AFUNIXSocketAddress.of(path));
      } finally {
        Files.delete(path);
      }
      byte[] token = new byte[TOKEN_BYTES];
      RANDOM.nextBytes(token);
      handedDown.write(ByteBuffer.wrap(token));
      own = listener.accept();
      while (!begins(own, token)) { // Another process of this user was quicker.
        own.close();
        own = listener.accept();
      }
      done = true;
      return new SocketPair(endpoint, own, handedDown);
    } finally {
      if (!done) {
        close(own);
        close(handedDown);
      }
    }
  }

  /** Whether the token is all that is there. */
  private static boolean begins(SocketChannel channel, byte[] token) throws IOException {
    channel.configureBlocking(false);
    ByteBuffer read = ByteBuffer.allocate(token.length);
    return channel.read(read) == token.length && read.flip().equals(ByteBuffer.wrap(token));
  }

  private static void close(@Nullable Channel channel) throws IOException {
    if (channel != null) {
      channel.close();
    }
  }

  /** The child's end, for {@link ProcessBuilder#redirectInput(ProcessBuilder.Redirect)}. */
  public ProcessBuilder.Redirect childInput() throws IOException {
    return FileDescriptorCast.using(handedDown.getFileDescriptor())
        .as(ProcessBuilder.Redirect.class);
  }

  /** Gives this process's copy of the child's end up, and makes a link of its own. Called once. */
  public Link keep() throws IOException {
    giveUpChildsEnd();
    Link link = new ChannelLink(own, endpoint);
    isKept = true;
    return link;
  }

  private void giveUpChildsEnd() throws IOException {
    if (!isGivenUp) {
      isGivenUp = true;
      // A bare close(2). The channel's own close would shut the pair down, for the child as well.
      new FileOutputStream(handedDown.getFileDescriptor()).close();
      handedDown.close();
    }
  }

  /** Closes both ends, unless one was kept: that belongs to its link. */
  @Override
  public void close() {
    if (isKept) {
      return;
    }
    try {
      giveUpChildsEnd();
      own.close();
    } catch (IOException e) {
      // The descriptors are gone all the same.
    }
  }
}
