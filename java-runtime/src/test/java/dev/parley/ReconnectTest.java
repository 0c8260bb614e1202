package dev.parley;

import static dev.parley.TextService.TALK;
import static dev.parley.TextService.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.rpc.CallOptions;
import dev.parley.rpc.Code;
import dev.parley.rpc.Outcome;
import dev.parley.rpc.Peer;
import dev.parley.rpc.RpcException;
import dev.parley.rpc.Status;
import dev.parley.test.v1.Text;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;

/** Clients that come back. */
class ReconnectTest extends OverRealSockets {
  private static final Reconnect SOON =
      Reconnect.DEFAULT.withInitialDelay(Duration.ofMillis(1)).withMaxDelay(Duration.ofMillis(20));
  private static final CallOptions PATIENT = PLAIN.withWaitForReady(true);

  private final RecordedLife life = new RecordedLife();

  private Client.Builder returning() {
    return Client.builder(address).reconnect(SOON).listener(life);
  }

  @Test
  void aClientComesBackWhenItsServerDoes() throws Exception {
    Server first = serve(ECHO);
    try (Client client = returning().connect()) {
      assertThat(client.call(TALK, text("a"), PLAIN)).isEqualTo(text("a"));
      first.closeNow();
      life.await("disconnected, will retry", 1);
      try (Server second = serve(ECHO)) {
        assertThat(client.call(TALK, text("b"), PATIENT)).isEqualTo(text("b"));
        assertThat(client.isOpen()).isTrue();
      }
    }
    assertThat(life.events())
        .filteredOn(event -> !event.equals("failed"))
        .startsWith("started", "connected", "disconnected, will retry", "connected")
        .endsWith("stopped");
  }

  @Test
  void aServerThatIsKilledAndStartedAgainIsFound() throws Exception {
    Path socket = directory.resolve("a.sock");
    ServerProcess first = ServerProcess.start(socket);
    try (Client client = returning().connect()) {
      CompletableFuture<Text> inFlight = client.callAsync(TALK, text("hang"), PLAIN);
      assertThat(client.call(TALK, text("a"), PLAIN)).isEqualTo(text("a"));
      first.kill();
      RpcException cut = failureOf(inFlight);
      assertThat(cut.code()).isEqualTo(Code.UNAVAILABLE);
      assertThat(cut.outcome()).isEqualTo(Outcome.UNKNOWN);
      try (ServerProcess second = ServerProcess.start(socket)) {
        assertThat(client.call(TALK, text("b"), PATIENT)).isEqualTo(text("b"));
      }
    }
  }

  @Test
  void whileNoServerIsThereCallsFailAtOnceUnsent() throws Exception {
    try (Client client = returning().connectLater()) {
      life.await("failed", 2);
      assertThatThrownBy(() -> client.call(TALK, text("a"), PLAIN))
          .isInstanceOfSatisfying(
              RpcException.class,
              e -> {
                assertThat(e.code()).isEqualTo(Code.UNAVAILABLE);
                assertThat(e.outcome()).isEqualTo(Outcome.NOT_SENT);
              });
      assertThatThrownBy(() -> client.sendEvent("e", text("a"))).isInstanceOf(RpcException.class);
      assertThat(client.isOpen()).isFalse();
    }
  }

  @Test
  void aCallThatWaitsEndsWithItsDeadlineUnsent() throws Exception {
    CallOptions bounded = PATIENT.withTimeout(Duration.ofMillis(20));
    try (Client client = returning().connectLater()) {
      assertThatThrownBy(() -> client.call(TALK, text("a"), bounded))
          .isInstanceOfSatisfying(
              RpcException.class,
              e -> {
                assertThat(e.code()).isEqualTo(Code.DEADLINE_EXCEEDED);
                assertThat(e.outcome()).isEqualTo(Outcome.NOT_SENT);
              });
      assertThat(failureOf(client.callAsync(TALK, text("a"), bounded)).code())
          .isEqualTo(Code.DEADLINE_EXCEEDED);
      assertThatThrownBy(() -> client.serverStream(StreamService.TELL, text("a"), bounded).next())
          .isInstanceOfSatisfying(
              RpcException.class, e -> assertThat(e.code()).isEqualTo(Code.DEADLINE_EXCEEDED));
    }
  }

  @Test
  void aCallThatWaitsIsCancelledAndInterruptedUnsent() throws Exception {
    try (Client client = returning().connectLater()) {
      CompletableFuture<Text> cancelled = client.callAsync(TALK, text("a"), PATIENT);
      assertThat(cancelled.cancel(true)).isTrue();
      CompletableFuture<RpcException> interrupted = new CompletableFuture<>();
      Thread caller =
          new Thread(
              () -> {
                try {
                  client.call(TALK, text("a"), PATIENT);
                } catch (RpcException e) {
                  interrupted.complete(e);
                }
              });
      caller.start();
      caller.interrupt();
      assertThat(interrupted.get().code()).isEqualTo(Code.CANCELLED);
      assertThat(interrupted.get().outcome()).isEqualTo(Outcome.NOT_SENT);
      caller.join();
    }
  }

  @Test
  void closingAClientEndsTheCallsThatWait() throws Exception {
    Client client = returning().connectLater();
    CompletableFuture<Text> waits = client.callAsync(TALK, text("a"), PATIENT);
    client.close();
    RpcException failure = failureOf(waits);
    assertThat(failure.code()).isEqualTo(Code.UNAVAILABLE);
    assertThat(failure.outcome()).isEqualTo(Outcome.NOT_SENT);
    assertThat(failureOf(client.callAsync(TALK, text("a"), PATIENT)).outcome())
        .isEqualTo(Outcome.NOT_SENT);
  }

  @Test
  void callsAndStreamsWaitForAServerThatIsNotUpYet() throws Exception {
    try (Client client = returning().connectLater()) {
      CompletableFuture<Text> waits = client.callAsync(TALK, text("a"), PATIENT);
      life.await("failed", 1);
      try (Server server =
          Server.builder(address)
              .service(TextService.answering(ECHO))
              .service(StreamService.telling((request, replies, context) -> replies.send(request)))
              .start()) {
        assertThat(waits.get()).isEqualTo(text("a"));
        assertThat(client.serverStream(StreamService.TELL, text("b"), PATIENT).next())
            .contains(text("b"));
      }
    }
  }

  @Test
  void whatAClientServesSurvivesItsConnections() throws Exception {
    Semaphore called = new Semaphore(0);
    try (Client client =
        returning()
            .service(
                TextService.answering(
                    (request, context) -> {
                      called.release();
                      return request;
                    }))
            .connectLater()) {
      for (int i = 0; i < 2; i++) {
        try (Server server =
            Server.builder(address)
                .listener(
                    new LifecycleListener() {
                      @Override
                      public void connected(Peer peer) {
                        peer.call(TALK, text("back"), PLAIN);
                      }
                    })
                .start()) {
          called.acquire();
          server.closeNow();
        }
      }
    }
  }

  @Test
  void aServerThatClosesForGoodIsNotComeBackTo() throws Exception {
    Server server = serve(ECHO);
    Client client = returning().connect();
    server.closeForGood();
    client.awaitClosed();
    life.await("stopped", 1);
    assertThat(life.events()).containsExactly("started", "connected", "disconnected", "stopped");
  }

  @Test
  void aRefusalForGoodIsTheLastAttempt() throws Exception {
    try (Server server =
        Server.builder(address)
            .admit(applicant -> Verdict.refuseForGood(Status.of(Code.UNAUTHENTICATED, "no")))
            .start()) {
      Client client = returning().connectLater();
      client.awaitClosed();
      life.await("stopped", 1);
      assertThat(life.events()).containsExactly("started", "failed", "stopped");
    }
  }

  @Test
  void aRefusalIsTriedAgain() throws Exception {
    CountDownLatch refusals = new CountDownLatch(2);
    try (Server server =
            Server.builder(address)
                .admit(
                    applicant -> {
                      if (refusals.getCount() == 0) {
                        return Verdict.accept();
                      }
                      refusals.countDown();
                      return Verdict.refuse(Status.of(Code.UNAVAILABLE, "not yet"));
                    })
                .service(TextService.answering(ECHO))
                .start();
        Client client = returning().connectLater()) {
      assertThat(client.call(TALK, text("a"), PATIENT)).isEqualTo(text("a"));
    }
  }

  @Test
  void aClientGivesUpAfterSoManyAttempts() throws Exception {
    Client client =
        Client.builder(address).reconnect(SOON.withMaxAttempts(3)).listener(life).connectLater();
    client.awaitClosed();
    life.await("stopped", 1);
    assertThat(life.events()).containsExactly("started", "failed", "failed", "failed", "stopped");
  }

  @Test
  void aClientThatStopsReconnectingEnds() throws Exception {
    Client client = returning().connectLater();
    life.await("failed", 1);
    client.stopReconnecting();
    client.awaitClosed();
    Server server = serve(ECHO);
    try (Client other = returning().connect()) {
      other.stopReconnecting();
      assertThat(other.call(TALK, text("a"), PLAIN)).isEqualTo(text("a"));
      server.close();
      other.awaitClosed();
    }
  }

  @Test
  void aListenerThatThrowsHarmsNothing() throws Exception {
    LifecycleListener throwing =
        new LifecycleListener() {
          @Override
          public void connected(Peer peer) {
            throw new IllegalStateException("on purpose");
          }
        };
    try (Server server =
            Server.builder(address)
                .listener(throwing)
                .listener(life)
                .service(TextService.answering(ECHO))
                .start();
        Client client = Client.builder(address).listener(throwing).connect()) {
      assertThat(client.call(TALK, text("a"), PLAIN)).isEqualTo(text("a"));
      life.await("connected", 1);
    }
    assertThat(life.events()).containsExactly("started", "connected", "disconnected", "stopped");
  }

  @Test
  void theWaitBeforeAnAttemptIsBoundedAndGrows() {
    Reconnect reconnect =
        Reconnect.DEFAULT
            .withInitialDelay(Duration.ofMillis(10))
            .withMultiplier(3)
            .withMaxDelay(Duration.ofMillis(50));
    assertThat(reconnect.boundNanos(0)).isEqualTo(10_000_000);
    assertThat(reconnect.boundNanos(1)).isEqualTo(30_000_000);
    assertThat(reconnect.boundNanos(2)).isEqualTo(50_000_000);
    assertThat(reconnect.boundNanos(5000)).isEqualTo(50_000_000);
    for (int i = 0; i < 1000; i++) {
      assertThat(reconnect.delayNanos(1)).isBetween(0L, 30_000_000L);
    }
    assertThatThrownBy(() -> reconnect.withMultiplier(0.5)).hasMessageStartingWith("G-6:");
    assertThatThrownBy(() -> reconnect.withInitialDelay(Duration.ofMillis(-1)))
        .hasMessageStartingWith("G-6:");
  }
}
