package dev.parley;

import static dev.parley.TextService.TALK;
import static dev.parley.TextService.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.rpc.Code;
import dev.parley.rpc.Outcome;
import dev.parley.rpc.RpcException;
import dev.parley.test.v1.Text;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Clients that send one request at a time. */
class TurnsTest extends OverRealSockets {
  private final List<String> served = new CopyOnWriteArrayList<>();

  private Client inTurns() {
    return Client.builder(address).oneAtATime().connect();
  }

  @Test
  void oneCallRunsAtATimeAndInOrder() throws Exception {
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    try (Server server =
            serve(
                (request, context) -> {
                  most.accumulateAndGet(running.incrementAndGet(), Math::max);
                  served.add(request.getText());
                  // What the client has sent by now has been read when this is answered.
                  context.peer().ping().get();
                  running.decrementAndGet();
                  return request;
                });
        Client client = inTurns()) {
      List<CompletableFuture<Text>> calls = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        calls.add(client.callAsync(TALK, text("" + i), PLAIN));
      }
      for (int i = 0; i < 200; i++) {
        assertThat(calls.get(i).join()).isEqualTo(text("" + i));
        assertThat(served.get(i)).isEqualTo("" + i);
      }
      assertThat(most).hasValue(1);
      assertThat(client.call(TALK, text("last"), PLAIN)).isEqualTo(text("last"));
      assertThat(server.peers()).hasSize(1);
    }
  }

  @Test
  void aCallThatFailsLetsTheNextOneGo() throws Exception {
    try (Server server =
            serve(
                (request, context) -> {
                  if (request.getText().equals("bad")) {
                    throw new RpcException(Code.NOT_FOUND, "bad");
                  }
                  return request;
                });
        Client client = inTurns()) {
      CompletableFuture<Text> bad = client.callAsync(TALK, text("bad"), PLAIN);
      CompletableFuture<Text> good = client.callAsync(TALK, text("good"), PLAIN);
      assertThat(failureOf(bad).code()).isEqualTo(Code.NOT_FOUND);
      assertThat(good.join()).isEqualTo(text("good"));
      assertThat(server.peers()).hasSize(1);
    }
  }

  @Test
  void aCallThatEndsWhileItWaitsWasNeverSent() throws Exception {
    CountDownLatch runs = new CountDownLatch(1);
    CountDownLatch let = new CountDownLatch(1);
    try (Server server =
            serve(
                (request, context) -> {
                  served.add(request.getText());
                  runs.countDown();
                  let.await();
                  return request;
                });
        Client client = inTurns()) {
      CompletableFuture<Text> first = client.callAsync(TALK, text("first"), PLAIN);
      runs.await();
      CompletableFuture<Text> late =
          client.callAsync(TALK, text("late"), PLAIN.withTimeout(Duration.ofMillis(50)));
      CompletableFuture<Text> cancelled = client.callAsync(TALK, text("cancelled"), PLAIN);
      CompletableFuture<Text> last = client.callAsync(TALK, text("last"), PLAIN);
      RpcException failure = failureOf(late);
      assertThat(failure.code()).isEqualTo(Code.DEADLINE_EXCEEDED);
      assertThat(failure.outcome()).isEqualTo(Outcome.NOT_SENT);
      cancelled.cancel(false);
      let.countDown();
      assertThat(first.join()).isEqualTo(text("first"));
      assertThat(last.join()).isEqualTo(text("last"));
      assertThat(served).containsExactly("first", "last");
      assertThat(server.peers()).hasSize(1);
    }
  }

  @Test
  void aClientThatClosesEndsTheCallsThatWait() throws Exception {
    CountDownLatch runs = new CountDownLatch(1);
    CountDownLatch let = new CountDownLatch(1);
    try (Server server =
        serve(
            (request, context) -> {
              runs.countDown();
              let.await();
              return request;
            })) {
      Client client = inTurns();
      CompletableFuture<Text> first = client.callAsync(TALK, text("first"), PLAIN);
      CompletableFuture<Text> second = client.callAsync(TALK, text("second"), PLAIN);
      runs.await();
      client.closeNow();
      assertThat(failureOf(first).outcome()).isEqualTo(Outcome.UNKNOWN);
      assertThat(failureOf(second).outcome()).isEqualTo(Outcome.NOT_SENT);
      let.countDown();
      assertThat(server.address()).isEqualTo(address);
    }
  }
}
