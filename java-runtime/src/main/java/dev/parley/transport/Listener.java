package dev.parley.transport;

import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A socket that takes connections. It never blocks, and no interrupt ever closes it.
 *
 * <p>One thread accepts at a time; {@link #close} may be called by any thread. It owns its place: a
 * listener at a path holds the claim of the path until it is closed.
 */
public interface Listener extends Closeable {
  /**
   * Takes one waiting connection.
   *
   * @return the link, which the caller owns; null if none waits
   * @throws java.nio.channels.ClosedChannelException if the listener was closed
   * @throws IOException if a connection could not be taken, above all for want of descriptors. The
   *     listener stays open and, since the connection still waits, ready: the caller must withdraw
   *     its interest and pause before it tries again, or it spins.
   */
  @Nullable Link accept() throws IOException;

  Endpoint endpoint();

  /** Whether whoever looks for it finds it: its socket file is there, and still its own. */
  default boolean isInPlace() {
    return true;
  }

  /**
   * Puts the socket file back, under the claim that this holds: what clients connect to from then
   * on is another listener. This one takes those who have connected before, until it is closed,
   * which then removes nothing.
   *
   * @throws TransportException as {@link Transport#listen} does; all is as before then
   */
  default Listener restored() throws IOException {
    throw new TransportException(
        TransportException.Reason.UNSUPPORTED, "N-13: " + endpoint() + " has no socket file");
  }

  /**
   * Gives the place back: removes the socket file if it is still the one bound here, closes the
   * socket, releases the lock, in this order. Links accepted before live on. Idempotent; never
   * throws.
   */
  @Override
  void close();
}
