package dev.parley;

import static dev.parley.TextService.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.rpc.RpcException;
import dev.parley.test.v1.Text;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Events over real sockets. */
class EventsTest extends OverRealSockets {
  @Test
  void eventsReachTheirHandlersInOrderBothWays() throws Exception {
    BlockingQueue<String> atServer = new LinkedBlockingQueue<>();
    BlockingQueue<String> atClient = new LinkedBlockingQueue<>();
    try (Server server =
            Server.builder(address)
                .onEvent(
                    "tick",
                    Text.getDefaultInstance(),
                    (event, context) -> {
                      atServer.add(event.getText());
                      context.peer().sendEvent("tock", event);
                    })
                .start();
        Client client =
            Client.builder(address)
                .onEvent(
                    "tock",
                    Text.getDefaultInstance(),
                    (event, context) -> atClient.add(context.name() + event.getText()))
                .connect()) {
      for (int i = 0; i < 500; i++) {
        client.sendEvent("tick", text("" + i));
      }
      client.sendEvent("nobody-listens", text("lost"));
      for (int i = 0; i < 500; i++) {
        assertThat(atServer.take()).isEqualTo("" + i);
        assertThat(atClient.take()).isEqualTo("tock" + i);
      }
    }
  }

  @Test
  void anEventsHandlerThatThrowsDoesNotStopTheNextEvent() throws Exception {
    BlockingQueue<String> seen = new LinkedBlockingQueue<>();
    try (Server server =
            Server.builder(address)
                .onEvent(
                    "tick",
                    Text.getDefaultInstance(),
                    (event, context) -> {
                      seen.add(event.getText());
                      throw new IllegalStateException("thrown on purpose");
                    })
                .start();
        Client client = Client.connect(address)) {
      client.sendEvent("tick", text("1"));
      client.sendEvent("tick", text("2"));
      assertThat(seen.take()).isEqualTo("1");
      assertThat(seen.take()).isEqualTo("2");
    }
  }

  @Test
  void namesThatNoEventMayHaveAreRefusedOnBothSides() throws Exception {
    assertThatThrownBy(
            () ->
                Server.builder(address)
                    .onEvent("parley.x", Text.getDefaultInstance(), (event, context) -> {})
                    .start())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("E-1:");
    try (Server server = serve(ECHO);
        Client client = Client.connect(address)) {
      assertThatThrownBy(() -> client.sendEvent("parley.x", text("a")))
          .isInstanceOf(RpcException.class)
          .hasMessageContaining("E-1:");
    }
  }

  @Test
  void aPingGivesARoundTripInBothDirections() throws Exception {
    try (Server server = serve(ECHO);
        Client client = Client.connect(address)) {
      assertThat(client.ping().get(10, TimeUnit.SECONDS)).isPositive();
      assertThat(server.peers().get(0).ping().get(10, TimeUnit.SECONDS)).isPositive();
    }
  }
}
