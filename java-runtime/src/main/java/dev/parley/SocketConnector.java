package dev.parley;

import dev.parley.connection.Loop;
import dev.parley.rpc.Code;
import dev.parley.rpc.Outcome;
import dev.parley.rpc.RpcException;
import dev.parley.rpc.Status;
import dev.parley.rpc.runtime.ConnectedPeer;
import dev.parley.rpc.runtime.Workers;
import dev.parley.transport.Credentials;
import dev.parley.transport.Link;
import dev.parley.transport.Transport;
import dev.parley.transport.TransportException;
import java.io.IOException;
import java.util.Set;

/**
 * Connects to a server at an address, and checks who runs it before a byte is sent (H-4).
 *
 * @param users the uids that may run the server beside this user and root
 */
record SocketConnector(Address address, Transport transport, Joining joining, Set<Long> users)
    implements Connector {
  @Override
  public ConnectedPeer open(Workers workers, Loop loop, Runnable released) {
    Link link;
    try {
      link = transport.connect(address.resolve(), joining.settings().handshakeTimeout().toNanos());
    } catch (TransportException e) {
      throw unsent(codeOf(e.reason()), e);
    } catch (IOException e) {
      throw unsent(Code.UNAVAILABLE, e);
    }
    Credentials credentials = link.credentials();
    if (!wants(credentials)) {
      link.close();
      throw new RpcException(
          Status.of(
              Code.PERMISSION_DENIED,
              "H-4: the server at " + link.endpoint() + " is run by " + credentials),
          Outcome.NOT_SENT,
          null);
    }
    String name = address.name().isEmpty() ? null : address.name();
    return joining.join(link, name, address.toString(), true, workers, loop, released);
  }

  private boolean wants(Credentials credentials) {
    return credentials.isSameUser()
        || credentials.isRoot()
        || (credentials.uid().isPresent() && users.contains(credentials.uid().getAsLong()));
  }

  private static Code codeOf(TransportException.Reason reason) {
    return switch (reason) {
      case INVALID_ADDRESS -> Code.INVALID_ARGUMENT;
      case NOT_PERMITTED -> Code.PERMISSION_DENIED;
      case INTERRUPTED -> Code.CANCELLED;
      case UNSUPPORTED -> Code.UNIMPLEMENTED;
      default -> Code.UNAVAILABLE;
    };
  }

  private static RpcException unsent(Code code, IOException cause) {
    return new RpcException(
        Status.of(code, String.valueOf(cause.getMessage())), Outcome.NOT_SENT, cause);
  }
}
