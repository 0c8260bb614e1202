package dev.parley;

import static dev.parley.TextService.TALK;
import static dev.parley.TextService.text;

import dev.parley.rpc.CallOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/** A client that has its server started, or that server: in a process of its own. */
final class SpinProgram {
  private SpinProgram() {}

  public static void main(String... arguments) throws Exception {
    Address address = Address.path(Path.of(arguments[1]));
    if (arguments[0].equals("call")) {
      ProcessBuilder server =
          new ProcessBuilder(JavaCommand.of(SpinProgram.class, "serve", arguments[1], arguments[2]))
              .redirectError(ProcessBuilder.Redirect.INHERIT);
      try (Client client = Client.builder(address).spinUp(server).connect()) {
        client.call(TALK, text("a"), CallOptions.DEFAULT);
      }
    } else {
      Files.writeString(
          Path.of(arguments[2]),
          ProcessHandle.current().pid() + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
      Server.builder(address)
          .spinDown(Duration.ofMinutes(1))
          .service(TextService.answering((request, context) -> request))
          .start()
          .awaitClosed();
    }
  }
}
