package dev.parley.transport;

import dev.parley.transport.TransportException.Reason;
import java.io.FileOutputStream;
import java.io.IOException;
import org.newsclub.net.unix.AFSocket;
import org.newsclub.net.unix.AFSocketCapability;
import org.newsclub.net.unix.AFUNIXServerSocketChannel;
import org.newsclub.net.unix.FileDescriptorCast;

/**
 * A claimed path whose listening socket is for other processes to accept on (N-12). Safe for use by
 * many threads.
 */
public final class SharedSocket implements AutoCloseable {
  private final AFUNIXServerSocketChannel channel;
  private final PathClaim claim;

  private SharedSocket(AFUNIXServerSocketChannel channel, PathClaim claim) {
    this.channel = channel;
    this.claim = claim;
  }

  /** Claims a path and listens there; accepts nothing. */
  public static SharedSocket claim(Endpoint endpoint, int backlog, Access access)
      throws IOException {
    if (!(endpoint instanceof Endpoint.UnixPath path)) {
      throw new TransportException(
          Reason.INVALID_ADDRESS, "N-12: a shared socket has a path; " + endpoint + " has none");
    }
    if (!NativeTransport.isSupported()
        || !AFSocket.supports(AFSocketCapability.CAPABILITY_FD_AS_REDIRECT)) {
      throw new TransportException(
          Reason.UNSUPPORTED,
          "N-12: a shared socket needs junixsocket's native library, which does not load here");
    }
    PathClaim claim = PathClaim.take(path, access);
    boolean done = false;
    try {
      SharedSocket shared =
          new SharedSocket(NativeTransport.bound(path, backlog, claim, access), claim);
      done = true;
      return shared;
    } finally {
      if (!done) {
        claim.release();
      }
    }
  }

  /** Starts a process that has the socket as its standard input; what was set is put back. */
  public Process start(ProcessBuilder builder) throws IOException {
    ProcessBuilder.Redirect before = builder.redirectInput();
    try {
      return builder
          .redirectInput(
              FileDescriptorCast.using(channel.getFileDescriptor())
                  .as(ProcessBuilder.Redirect.class))
          .start();
    } finally {
      builder.redirectInput(before);
    }
  }

  /** Removes the socket file, and lets go of the socket; who accepts on it goes on. Idempotent. */
  @Override
  public void close() {
    claim.releaseAfter(() -> closeAlone(channel));
  }

  /** Closes this process' descriptor. The channel's own close would end it for all. */
  static void closeAlone(AFUNIXServerSocketChannel channel) throws IOException {
    new FileOutputStream(channel.getFileDescriptor()).close();
    channel.close();
  }
}
