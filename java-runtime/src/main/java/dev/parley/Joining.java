package dev.parley;

import dev.parley.connection.Connection;
import dev.parley.connection.Loop;
import dev.parley.connection.Settings;
import dev.parley.rpc.Code;
import dev.parley.rpc.Outcome;
import dev.parley.rpc.RpcException;
import dev.parley.rpc.Status;
import dev.parley.rpc.runtime.Calling;
import dev.parley.rpc.runtime.ConnectedPeer;
import dev.parley.rpc.runtime.Services;
import dev.parley.rpc.runtime.Workers;
import dev.parley.transport.Link;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What this side brings to a connection that it makes. Immutable. */
record Joining(Settings settings, Services services, Calling calling) {
  static Joining of(PeerBuilder<?> builder) {
    return new Joining(builder.settings, builder.served(), builder.calling());
  }

  /**
   * Begins the handshake on a link, which is the connection's from now on.
   *
   * @param peerName what the peer is called, whatever it claims; null: it bears the name it claims
   * @param label what the peer is called in messages
   * @param connecting whether this is the connecting side
   * @param released as {@link Connector#open}
   * @throws RpcException UNAVAILABLE, NOT_SENT if the loop takes no more
   */
  ConnectedPeer join(
      Link link,
      @Nullable String peerName,
      String label,
      boolean connecting,
      Workers workers,
      Loop loop,
      Runnable released) {
    ConnectedPeer peer =
        new ConnectedPeer(
            services, workers, calling, peerName, ConnectedPeer.HelloCheck.NONE, greeted -> {});
    try {
      loop.add(
              link,
              settings,
              released,
              driver -> {
                Connection made =
                    new Connection(link, label, connecting, settings, loop, peer, driver);
                peer.join(made);
                return made;
              })
          .start();
    } catch (IOException e) {
      link.close();
      throw new RpcException(
          Status.of(Code.UNAVAILABLE, String.valueOf(e.getMessage())), Outcome.NOT_SENT, e);
    }
    return peer;
  }
}
