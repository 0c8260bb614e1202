package dev.parley;

import dev.parley.transport.Access;
import dev.parley.transport.SharedSocket;
import dev.parley.transport.Transport;
import java.io.IOException;

/**
 * An address that several processes serve together (N-12): this one claims it and starts them, each
 * accepts on the one socket, with {@link Address#inherited Address.inherited(0)}, and this one
 * removes the socket file in the end. It serves nothing itself.
 *
 * <pre>{@code
 * try (SharedListener shared = SharedListener.claim(Address.of("greeter"))) {
 *   for (int i = 0; i < 4; i++) {
 *     workers.add(shared.start(new ProcessBuilder("./greeter")));
 *   }
 *   ...
 * }
 * }</pre>
 *
 * <p>A connection goes to one of the processes that are free to accept. One that dies takes its own
 * connections with it, and no others. Safe for use by many threads. Carried by junixsocket.
 */
public final class SharedListener implements AutoCloseable {
  private final SharedSocket socket;

  private SharedListener(SharedSocket socket) {
    this.socket = socket;
  }

  /**
   * Claims the address and listens.
   *
   * @throws dev.parley.transport.TransportException as {@link Server.Builder#start} does
   */
  public static SharedListener claim(Address address) throws IOException {
    return claim(address, Access.OWNER);
  }

  /** The same with a socket that others may reach; see {@link Server.Builder#access}. */
  public static SharedListener claim(Address address, Access access) throws IOException {
    return new SharedListener(SharedSocket.claim(address.resolve(), Transport.BACKLOG, access));
  }

  /** Starts a process that has the socket as its standard input. */
  public Process start(ProcessBuilder command) throws IOException {
    return socket.start(command);
  }

  /**
   * Gives the address back. Processes that still accept on the socket keep their connections; no
   * client finds them any more. Idempotent.
   */
  @Override
  public void close() {
    socket.close();
  }
}
