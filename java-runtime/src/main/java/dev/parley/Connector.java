package dev.parley;

import dev.parley.connection.Loop;
import dev.parley.rpc.RpcException;
import dev.parley.rpc.runtime.ConnectedPeer;
import dev.parley.rpc.runtime.Workers;

/** Makes the connections of a client. Safe for use by many threads. */
@FunctionalInterface
interface Connector {
  /**
   * Makes a connection and begins its handshake, whose end {@link ConnectedPeer#whenOpened} tells.
   * Blocks while the server's queue is full, at most for the connect time-out.
   *
   * @param released told once when nothing is left of the connection; never if this throws
   * @throws RpcException if none was made; NOT_SENT
   */
  ConnectedPeer open(Workers workers, Loop loop, Runnable released);

  /** Has every {@link #open} that waits give up. */
  default void stop() {}
}
