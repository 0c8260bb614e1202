package demo.fromnode;

import dev.parley.Address;
import dev.parley.Client;
import dev.parley.LifecycleListener;
import dev.parley.Reconnect;
import dev.parley.Server;
import dev.parley.rpc.Peer;
import dev.parley.rpc.Status;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** What node-ipc's README shows first: a client says hello, and the server answers by an event. */
final class NodeIpc {
  private NodeIpc() {}

  public static void main(String[] arguments) throws Exception {
    if (arguments[0].equals("server")) {
      serve();
    } else {
      connect();
    }
  }

  private static void serve() throws Exception {
    try (Server server = Server.builder(Address.of("world")).start()) {
      server
          .handlers()
          .onJsonEvent(
              "app.message",
              (data, context) -> context.peer().sendJsonEvent("app.message", data + " world!"));
      System.out.println("serving " + server.address());
      server.awaitClosed();
    }
  }

  private static void connect() throws Exception {
    CompletableFuture<Object> answer = new CompletableFuture<>();
    try (Client world =
        Client.builder(Address.of("world"))
            .reconnect(Reconnect.DEFAULT.withMaxDelay(Duration.ofMillis(1500)))
            .listener(
                new LifecycleListener() {
                  @Override
                  public void connected(Peer peer) {
                    peer.sendJsonEvent("app.message", "hello");
                  }

                  @Override
                  public void disconnected(Peer peer, Status reason, boolean willRetry) {
                    System.out.println("disconnected from world");
                  }
                })
            .connectLater()) {
      world.handlers().onJsonEvent("app.message", (data, context) -> answer.complete(data));
      System.out.println("got a message from world: " + answer.get());
    }
  }
}
