package demo.fromnode;

import dev.parley.Address;
import dev.parley.Client;
import dev.parley.Server;
import java.time.Duration;
import java.util.Optional;

/**
 * What jitpc's README shows: a server that is started by the client that needs it, and that ends
 * when nobody does. Here the client itself says how, with the launcher that it was given.
 */
final class JitPc {
  private static final Address JUST_IN_TIME = Address.of("just-in-time");

  private JitPc() {}

  public static void main(String[] arguments) throws Exception {
    if (arguments[0].equals("server")) {
      serve();
    } else {
      connect(arguments[1]);
    }
  }

  private static void serve() throws Exception {
    // Nothing if one is listening already.
    Optional<Server> server =
        Server.builder(JUST_IN_TIME).spinDown(Duration.ofMillis(200)).tryStart();
    if (server.isPresent()) {
      server.get().handlers().respondJson("echo", (data, context) -> data);
      server.get().awaitClosed();
    }
  }

  private static void connect(String launcher) {
    try (Client client =
        Client.builder(JUST_IN_TIME).spinUp(new ProcessBuilder(launcher, "jitpc")).connect()) {
      System.out.println("echo: " + client.requestJson("echo", "started for you"));
    }
  }
}
