package dev.parley.transport;

import java.io.IOException;

/**
 * The way links and listeners come about. Two kinds stand behind it:
 *
 * <ul>
 *   <li>JDK channels, always non-blocking, carry plain socket paths. They know the peer's user and
 *       group but not its pid, and need no native library.
 *   <li>junixsocket carries what only it can: names in the abstract namespace, and the peer's pid.
 *       Each of its links costs two threads and two hand-overs, since its channels cannot share a
 *       Selector with others and, unless blocking, never tell the peer's end.
 * </ul>
 *
 * <p>Safe for use by many threads; holds nothing. What it returns belongs to the caller.
 */
public interface Transport {
  /** The default length of the queue of connections that wait to be accepted. */
  int BACKLOG = 1024;

  /** JDK channels for paths, junixsocket for abstract names. */
  static Transport standard() {
    return StandardTransport.INSTANCE;
  }

  /**
   * junixsocket for everything, so that {@link Credentials#pid} is known. It listens only at paths
   * whose directory no other user can enter.
   */
  static Transport withPeerPid() {
    return NativeTransport.INSTANCE;
  }

  /**
   * Connects, and learns who the server is; sends nothing. Blocks for at most the time-out, and
   * only while the server's queue is full.
   *
   * @param timeoutNanos how long to try; 0 or less: once
   * @throws TransportException NOT_UP if nobody listens there (N-8); TIMED_OUT if the queue stayed
   *     full; INTERRUPTED; NOT_PERMITTED; UNSUPPORTED; FAILED
   */
  Link connect(Endpoint endpoint, long timeoutNanos) throws IOException;

  /**
   * Claims the endpoint and listens there. For a path see {@link PathClaim}; it may take up to a
   * second, if somebody else is there.
   *
   * @param backlog how many connections may wait to be accepted; the system may cut it
   * @throws TransportException IN_USE, NOT_PERMITTED, INTERRUPTED, UNSUPPORTED, FAILED
   */
  default Listener listen(Endpoint endpoint, int backlog) throws IOException {
    return listen(endpoint, backlog, Access.OWNER);
  }

  /**
   * The same with a socket that others may reach.
   *
   * @param access who may; other than the owner only at a path that the user chose (N-9)
   */
  Listener listen(Endpoint endpoint, int backlog, Access access) throws IOException;
}
