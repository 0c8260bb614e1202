package dev.parley;

import static dev.parley.TextService.TALK;
import static dev.parley.TextService.text;

import dev.parley.rpc.CallOptions;
import java.nio.file.Path;

/** Programs whose main thread ends while they have a client. */
final class AliveProgram {
  private AliveProgram() {}

  public static void main(String... arguments) {
    Client.Builder builder = Client.builder(Address.path(Path.of(arguments[1])));
    switch (arguments[0]) {
      case "idle" -> builder.connect();
      case "pending" -> call(builder.connect());
      case "pending, unasked" -> call(builder.keepAlive(false, true).connect());
      case "handler" -> {
        Client client = builder.connect();
        client.handlers().respondJson("end", (data, context) -> end(client));
      }
      case "handler, unasked" ->
          builder.keepAlive(true, false).connect().handlers().respondJson("x", (data, c) -> data);
      default -> throw new IllegalArgumentException(arguments[0]);
    }
    System.out.println("main has ended");
  }

  private static void call(Client client) {
    var unused =
        client
            .callAsync(TALK, text("later"), CallOptions.DEFAULT)
            .thenAccept(reply -> System.out.println("got " + reply.getText()));
  }

  private static boolean end(Client client) {
    client.handlers().unrespond("end");
    return true;
  }
}
