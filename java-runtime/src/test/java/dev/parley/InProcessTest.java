package dev.parley;

import static dev.parley.TextService.TALK;
import static dev.parley.TextService.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.rpc.CallOptions;
import dev.parley.rpc.Code;
import dev.parley.rpc.RpcException;
import dev.parley.test.v1.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class InProcessTest {
  @Test
  void callsOfAServiceInThisProcessAreAnsweredWithoutASocket() {
    try (Client client = Client.inProcess(TextService.answering((request, context) -> request))) {
      assertThat(client.call(TALK, text("hello"), CallOptions.DEFAULT)).isEqualTo(text("hello"));
    }
  }

  @Test
  void manyLargeCallsAtOnceFillTheStreamAndAllComeBack() {
    Text large = text("x".repeat(100_000));
    try (Client client = Client.inProcess(TextService.answering((request, context) -> request))) {
      List<CompletableFuture<Text>> replies = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        replies.add(client.callAsync(TALK, large, CallOptions.DEFAULT));
      }
      for (CompletableFuture<Text> reply : replies) {
        assertThat(reply.join()).isEqualTo(large);
      }
    }
  }

  @Test
  void aFailureKeepsItsCode() {
    try (Client client =
        Client.inProcess(
            TextService.answering(
                (request, context) -> {
                  throw new RpcException(Code.NOT_FOUND, "nothing here");
                }))) {
      assertThatThrownBy(() -> client.call(TALK, text("a"), CallOptions.DEFAULT))
          .isInstanceOfSatisfying(
              RpcException.class, e -> assertThat(e.code()).isEqualTo(Code.NOT_FOUND));
    }
  }
}
