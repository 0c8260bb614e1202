package dev.parley;

import static dev.parley.TextService.TALK;
import static dev.parley.TextService.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.rpc.CallOptions;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClientAndServerTest {
  @TempDir private Path directory;

  @Test
  void aCallIsAnswered() throws Exception {
    Address address = Address.ofPath(directory.resolve("a.sock"));
    try (Server server =
            Server.builder(address)
                .service(
                    TextService.answering(
                        (request, context) -> text("you said " + request.getText())))
                .start();
        Client client = Client.connect(address)) {
      assertThat(client.call(TALK, text("hello"), CallOptions.DEFAULT))
          .isEqualTo(text("you said hello"));
      assertThat(server.peers()).hasSize(1);
    }
  }
}
