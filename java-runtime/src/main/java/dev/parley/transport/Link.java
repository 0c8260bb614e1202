package dev.parley.transport;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * One connected stream of bytes. It never blocks, and no interrupt ever closes it.
 *
 * <p>One thread may read while another writes; two threads may not read, or write, at the same
 * time. {@link #close} may be called by any thread at any time. The owner closes it; being
 * registered with a {@link Poller} changes nothing in that.
 */
public interface Link extends Closeable {
  /**
   * Reads what is there, into the buffer's free room. A direct buffer spares a copy.
   *
   * @return the number of bytes read; 0 if there is nothing now; -1 at the peer's end
   * @throws java.nio.channels.ClosedChannelException if this side has closed the link
   * @throws IOException if the connection broke; everything that arrived before was read first
   */
  int read(ByteBuffer buffer) throws IOException;

  /**
   * Writes as many of the buffer's bytes as the socket takes now.
   *
   * @return the number of bytes taken, perhaps 0
   * @throws java.nio.channels.ClosedChannelException if this side has closed the link
   * @throws IOException if the peer is gone. Reading goes on: the peer's last words may wait there.
   */
  int write(ByteBuffer buffer) throws IOException;

  /** Ends this side's stream, once what was written is sent; reading goes on. Idempotent. */
  void shutdownOutput() throws IOException;

  /** Who the peer is: known from the start, and still after the close. */
  Credentials credentials();

  /** What was connected to or, for an accepted link, listened at. */
  Endpoint endpoint();

  /**
   * Closes both directions and drops the link from its pollers. The peer sees the end at once; the
   * descriptor is freed as soon as each poller has looked. Idempotent; never throws, never waits
   * for the peer.
   */
  @Override
  void close();
}
