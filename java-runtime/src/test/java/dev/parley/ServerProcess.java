package dev.parley;

import static dev.parley.TextService.TALK;
import static dev.parley.TextService.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.rpc.CallOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** A server or client in a process of its own, which a test may kill. */
final class ServerProcess implements AutoCloseable {
  private final Process process;

  private ServerProcess(Process process) {
    this.process = process;
  }

  /** Serves an echo at {@code socket}; a call that says {@code hang} is never answered. */
  static ServerProcess start(Path socket) throws IOException {
    ServerProcess server = launch("serve", socket);
    server.awaitLine("ready");
    return server;
  }

  /** Calls once, with {@code once}, and waits for ever. */
  static ServerProcess callOnce(Path socket) throws IOException {
    return launch("call", socket);
  }

  private static ServerProcess launch(String what, Path socket) throws IOException {
    return new ServerProcess(
        JavaCommand.builder(ServerProcess.class, what, socket.toString()).start());
  }

  private void awaitLine(String line) throws IOException {
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    assertThat(out.readLine()).isEqualTo(line);
  }

  /** As kill -9. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() throws InterruptedException {
    kill();
  }

  public static void main(String... args) throws Exception {
    Address address =
        switch (args[1]) {
          case "inherited" -> Address.inherited(0);
          case "activated" -> Address.activated();
          case "activated-web" -> Address.activated("web");
          default -> Address.path(Path.of(args[1]));
        };
    if (args[0].equals("serve")) {
      try (Server server =
          Server.builder(address)
              .service(
                  TextService.answering(
                      (request, context) -> {
                        if (request.getText().equals("hang")) {
                          new CountDownLatch(1).await();
                        }
                        if (request.getText().equals("pid")) {
                          return text(Long.toString(ProcessHandle.current().pid()));
                        }
                        return request;
                      }))
              .start()) {
        System.out.println("ready");
        server.awaitClosed();
      }
    } else {
      try (Client client = Client.connect(address)) {
        client.call(TALK, text("once"), CallOptions.DEFAULT);
      }
    }
  }
}
