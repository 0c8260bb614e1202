package dev.parley;

import static dev.parley.TextService.TALK;
import static dev.parley.TextService.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.rpc.Method;
import dev.parley.rpc.ServiceDefinition;
import dev.parley.test.v1.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** User code on the thread that reads: it begins there, and may do there whatever it likes. */
class InlineHandlersTest extends OverRealSockets {
  private static final String LOOP = "parley-server-";
  private static final Method<Text, Text> OTHER =
      Method.unary(
          "parley.test.v1.Other", "Talk", Text.getDefaultInstance(), Text.getDefaultInstance());

  private static Text thread() {
    return text(Thread.currentThread().getName());
  }

  /** As {@link #serve}, and {@link #OTHER} says which thread it runs on. */
  private Server serveBoth(dev.parley.rpc.UnaryHandler<Text, Text> talk) throws Exception {
    return Server.builder(address)
        .service(TextService.answering(talk))
        .service(
            ServiceDefinition.builder("parley.test.v1.Other")
                .unary(OTHER, (request, context) -> thread())
                .build())
        .start();
  }

  @Test
  void aHandlerBeginsOnTheThreadThatReadItsRequest() throws Exception {
    try (Server server = serve((request, context) -> thread());
        Client client = Client.connect(address)) {
      assertThat(client.call(TALK, text(""), PLAIN).getText()).startsWith(LOOP);
      assertThat(server.peers()).hasSize(1);
    }
  }

  @Test
  void whileAHandlerIsBusyAnotherThreadReads() throws Exception {
    CountDownLatch began = new CountDownLatch(1);
    AtomicReference<String> first = new AtomicReference<>("");
    AtomicBoolean release = new AtomicBoolean();
    try (Server server =
            serveBoth(
                (request, context) -> {
                  first.set(Thread.currentThread().getName());
                  began.countDown();
                  while (!release.get()) { // Never asleep, so nobody but the monitor can know.
                    Thread.onSpinWait();
                  }
                  return request;
                });
        Client client = Client.connect(address)) {
      CompletableFuture<Text> busy = client.callAsync(TALK, text("busy"), PLAIN);
      began.await();
      String second = client.call(OTHER, text(""), PLAIN).getText();
      assertThat(second).startsWith(LOOP).isNotEqualTo(first.get());
      release.set(true);
      assertThat(busy.get()).isEqualTo(text("busy"));
      assertThat(first.get()).startsWith(LOOP);
      assertThat(server.peers()).hasSize(1);
    }
  }

  @Test
  void aHandlerThatHeldTheReadingUpBeginsOnWorkersUntilItHasBeenQuickForLong() throws Exception {
    CountDownLatch began = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    try (Server server =
            serveBoth(
                (request, context) -> {
                  if (request.getText().equals("wait")) {
                    began.countDown();
                    release.await();
                  }
                  return thread();
                });
        Client client = Client.connect(address)) {
      CompletableFuture<Text> waits = client.callAsync(TALK, text("wait"), PLAIN);
      began.await();
      assertThat(client.call(OTHER, text(""), PLAIN).getText()).startsWith(LOOP); // Promoted.
      release.countDown();
      assertThat(waits.get().getText()).startsWith(LOOP);
      assertThat(client.call(TALK, text(""), PLAIN).getText()).startsWith("parley-handler");
      String where = "";
      for (int i = 0; i < 100_000 && !where.startsWith(LOOP); i++) {
        where = client.call(TALK, text(""), PLAIN).getText();
      }
      assertThat(where).startsWith(LOOP);
      assertThat(server.peers()).hasSize(1);
    }
  }

  @Test
  void aHandlerMayWaitForAnotherCallOfItsOwnConnection() throws Exception {
    CompletableFuture<Text> news = new CompletableFuture<>();
    try (Server server =
            serveBoth(
                (request, context) -> {
                  if (request.getText().equals("tell")) {
                    news.complete(request);
                    return request;
                  }
                  return news.get();
                });
        Client client = Client.connect(address)) {
      CompletableFuture<Text> waits = client.callAsync(TALK, text("wait"), PLAIN);
      assertThat(client.call(TALK, text("tell"), PLAIN)).isEqualTo(text("tell"));
      assertThat(waits.get()).isEqualTo(text("tell"));
      assertThat(server.peers()).hasSize(1);
    }
  }

  @Test
  void aHandlerMayConnectCallAndCloseAClientOfItsOwnServer() throws Exception {
    Address self = address;
    try (Server server =
            serveBoth(
                (request, context) -> {
                  try (Client inner = Client.connect(self)) {
                    inner.ping().get();
                    return inner.call(OTHER, text(""), PLAIN);
                  }
                });
        Client client = Client.connect(address)) {
      for (int i = 0; i < 20; i++) {
        assertThat(client.call(TALK, text(""), PLAIN).getText()).startsWith(LOOP);
      }
      assertThat(server.peers()).isNotEmpty();
    }
  }

  @Test
  void whatHangsOnAFutureMayCallWaitAndCloseItsClient() throws Exception {
    try (Server server = serve(ECHO)) {
      for (int i = 0; i < 20; i++) {
        Client client = Client.connect(address);
        CompletableFuture<Text> end =
            client
                .callAsync(TALK, text("a"), PLAIN)
                .thenApply(reply -> client.call(TALK, text(reply.getText() + "b"), PLAIN))
                .thenCompose(reply -> client.callAsync(TALK, text(reply.getText() + "c"), PLAIN))
                .thenApply(
                    reply -> {
                      client.close();
                      return reply;
                    });
        assertThat(end.get()).isEqualTo(text("abc"));
        client.awaitClosed();
      }
      assertThat(server.address()).isEqualTo(address);
    }
  }

  @Test
  void aContinuationThatBlocksHoldsUpNobodyElse() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch began = new CountDownLatch(1);
    CountDownLatch hangs = new CountDownLatch(1);
    try (Server server =
            serve(
                (request, context) -> {
                  if (request.getText().equals("a")) {
                    hangs.await(); // Else the continuation may run on the thread that adds it.
                  }
                  return request;
                });
        Client client = Client.connect(address);
        Client other = Client.connect(address)) {
      CompletableFuture<String> blocked =
          client
              .callAsync(TALK, text("a"), PLAIN)
              .thenApply(
                  reply -> {
                    began.countDown();
                    try {
                      release.await();
                    } catch (InterruptedException e) {
                      throw new IllegalStateException(e);
                    }
                    return reply.getText();
                  });
      hangs.countDown();
      began.await();
      assertThat(client.callAsync(TALK, text("b"), PLAIN).thenApply(Text::getText).join())
          .isEqualTo("b");
      assertThat(other.callAsync(TALK, text("c"), PLAIN).thenApply(Text::getText).join())
          .isEqualTo("c");
      release.countDown();
      assertThat(blocked.get()).isEqualTo("a");
      assertThat(server.peers()).hasSize(2);
    }
  }

  @Test
  void callsIssuedFromContinuationsAllEnd() throws Exception {
    int chains = 64;
    int length = 500;
    AtomicInteger ended = new AtomicInteger();
    CountDownLatch left = new CountDownLatch(chains);
    try (Server server = serve(ECHO);
        Client client = Client.connect(address)) {
      class Chain {
        private int step;

        void next() {
          var unused =
              client
                  .callAsync(TALK, text("s" + step), PLAIN)
                  .whenComplete(
                      (reply, failure) -> {
                        if (failure == null && reply.getText().equals("s" + step)) {
                          ended.incrementAndGet();
                        }
                        if (++step < length) {
                          next();
                        } else {
                          left.countDown();
                        }
                      });
        }
      }

      for (int i = 0; i < chains; i++) {
        new Chain().next();
      }
      left.await();
      assertThat(ended).hasValue(chains * length);
      assertThat(server.peers()).hasSize(1);
    }
  }

  @Test
  void anInterruptFlagThatAHandlerLeavesUpHarmsNoOtherHandler() throws Exception {
    List<String> seen = new ArrayList<>();
    try (Server server =
            serve(
                (request, context) -> {
                  boolean flag = Thread.currentThread().isInterrupted();
                  if (request.getText().equals("leave")) {
                    Thread.currentThread().interrupt();
                  }
                  return text(Boolean.toString(flag));
                });
        Client client = Client.connect(address)) {
      for (int i = 0; i < 50; i++) {
        seen.add(client.call(TALK, text("leave"), PLAIN).getText());
        seen.add(client.call(TALK, text("look"), PLAIN).getText());
      }
      assertThat(seen).containsOnly("false");
      assertThat(server.peers()).hasSize(1);
    }
  }
}
