package dev.parley;

import dev.parley.rpc.Peer;
import dev.parley.rpc.Status;

/**
 * Is told how a client, server or node fares. Override what is of interest.
 *
 * <p>All events of one client, server or node come one at a time and in the order in which they
 * happened, on a thread of its workers; a listener may block, which holds up later events and
 * nothing else. What it throws goes to the log.
 */
public interface LifecycleListener {
  /** It has begun: a server listens, a client is about to connect. The first event. */
  default void started() {}

  /**
   * A connection is open. At a client the peer is the client itself, which stays the same over all
   * its connections.
   */
  default void connected(Peer peer) {}

  /**
   * A connection that was open has ended.
   *
   * @param reason why, as far as this side knows
   * @param willRetry whether this side is going to connect again by itself
   */
  default void disconnected(Peer peer, Status reason, boolean willRetry) {}

  /**
   * Something went wrong that no caller is told: an attempt to connect, the acceptance of a
   * connection, a socket file that was taken away. It goes on, or {@link #stopped} follows.
   */
  default void failed(Throwable error) {}

  /** It has ended, for whatever reason. The last event. */
  default void stopped() {}
}
