package dev.parley;

import static dev.parley.TextService.TALK;
import static dev.parley.TextService.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Empty;
import dev.parley.rpc.CallContext;
import dev.parley.rpc.CallOptions;
import dev.parley.rpc.Code;
import dev.parley.rpc.Metadata;
import dev.parley.rpc.Method;
import dev.parley.rpc.Outcome;
import dev.parley.rpc.RetryPolicy;
import dev.parley.rpc.RpcException;
import dev.parley.rpc.ServiceDefinition;
import dev.parley.rpc.Status;
import dev.parley.test.v1.Text;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What a handler knows and passes on: deadlines, interrupts, one-way requests, retried calls. */
class HandlersTest extends OverRealSockets {
  private static final Method<Text, Empty> REPORT =
      Method.oneWay(
          "test.v1.Reports", "Report", Text.getDefaultInstance(), Empty.getDefaultInstance());

  @Test
  void aCallThatAHandlerMakesEndsWithItsOwnDeadline() throws Exception {
    BlockingQueue<Optional<Duration>> left = new LinkedBlockingQueue<>();
    try (Server server =
            serve(
                (request, context) -> {
                  assertThat(CallContext.current()).containsSame(context);
                  CallOptions free = PLAIN.withInheritedDeadline(false);
                  context.peer().call(TALK, request, PLAIN);
                  context.peer().call(TALK, request, free);
                  context.peer().call(TALK, request, PLAIN.withTimeout(Duration.ofHours(9)));
                  Thread other =
                      new Thread(context.wrap(() -> context.peer().call(TALK, request, PLAIN)));
                  other.start();
                  other.join();
                  return request;
                });
        Client client =
            Client.builder(address)
                .service(
                    TextService.answering(
                        (request, context) -> {
                          left.add(context.remaining());
                          return request;
                        }))
                .connect()) {
      client.call(TALK, text("x"), PLAIN.withTimeout(Duration.ofHours(1)));
      assertThat(left.take())
          .hasValueSatisfying(d -> assertThat(d).isLessThan(Duration.ofHours(1)));
      assertThat(left.take()).isEmpty();
      assertThat(left.take())
          .hasValueSatisfying(d -> assertThat(d).isLessThan(Duration.ofHours(1)));
      assertThat(left.take())
          .hasValueSatisfying(d -> assertThat(d).isLessThan(Duration.ofHours(1)));
      assertThat(CallContext.current()).isEmpty();
      assertThat(server.peers()).hasSize(1);
    }
  }

  @Test
  void aHandlerThatAsksForItIsInterruptedWhenItsCallIsCancelled() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
    BlockingQueue<Boolean> flags = new LinkedBlockingQueue<>();
    try (Server server =
            serve(
                (request, context) -> {
                  flags.add(Thread.currentThread().isInterrupted());
                  if (request.getText().equals("next")) {
                    return request;
                  }
                  context.interruptOnCancel();
                  running.countDown();
                  try {
                    new CountDownLatch(1).await();
                  } catch (InterruptedException e) {
                    interrupted.complete(context.isCancelled());
                  }
                  return request;
                });
        Client client = Client.connect(address)) {
      CompletableFuture<Text> call = client.callAsync(TALK, text("x"), PLAIN);
      running.await();
      call.cancel(true);
      assertThat(interrupted.get(30, TimeUnit.SECONDS)).isTrue();
      for (int i = 0; i < 20; i++) {
        client.call(TALK, text("next"), PLAIN);
      }
      assertThat(flags).hasSize(21).containsOnly(false);
      assertThat(server.peers()).hasSize(1);
    }
  }

  @Test
  void aOneWayRequestReachesItsHandlerAndNobodyWaits() throws Exception {
    BlockingQueue<String> got = new LinkedBlockingQueue<>();
    ServiceDefinition reports =
        ServiceDefinition.builder("test.v1.Reports")
            .oneWay(
                REPORT,
                (report, context) ->
                    got.add(
                        report.getText()
                            + " "
                            + context.name()
                            + " "
                            + context.metadata().text("k").orElse("")))
            .build();
    try (Server server = Server.builder(address).service(reports).start();
        Client client = Client.connect(address)) {
      client.send(REPORT, text("one"), PLAIN.withMetadata(Metadata.of("k", "v")));
      client.send(REPORT, text("two"), PLAIN);
      assertThat(got.poll(30, TimeUnit.SECONDS)).isEqualTo("one " + REPORT + " v");
      assertThat(got.poll(30, TimeUnit.SECONDS)).isEqualTo("two " + REPORT + " ");
      Method<Text, Text> asked =
          Method.unary(
              "test.v1.Reports", "Report", Text.getDefaultInstance(), Text.getDefaultInstance());
      RpcException failure =
          catchThrowableOfType(RpcException.class, () -> client.call(asked, text(""), PLAIN));
      assertThat(failure.code()).isEqualTo(Code.UNIMPLEMENTED);
      assertThat(failure.outcome()).isEqualTo(Outcome.REJECTED);
      assertThat(server.peers()).hasSize(1);
    }
  }

  @Test
  void aRejectedCallIsTriedAgainUntilThereIsRoom() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    AtomicInteger runs = new AtomicInteger();
    try (Server server =
            Server.builder(address)
                .maxHandlers(1)
                .service(
                    TextService.answering(
                        (request, context) -> {
                          runs.incrementAndGet();
                          if (request.getText().equals("holds")) {
                            running.countDown();
                            go.await();
                          }
                          return request;
                        }))
                .start();
        Client client =
            Client.builder(address)
                .retry(
                    new RetryPolicy(
                        Integer.MAX_VALUE, Duration.ofMillis(1), 1, Duration.ofMillis(1)))
                .connect()) {
      CompletableFuture<Text> holds = client.callAsync(TALK, text("holds"), PLAIN);
      running.await();
      RpcException once =
          catchThrowableOfType(
              RpcException.class,
              () -> client.call(TALK, text("once"), PLAIN.withRetry(RetryPolicy.NONE)));
      assertThat(once.outcome()).isEqualTo(Outcome.REJECTED);
      assertThat(once.status().message()).startsWith("C-5:");
      CompletableFuture<Text> waits = client.callAsync(TALK, text("waits"), PLAIN);
      CompletableFuture<Text> cancelled = client.callAsync(TALK, text("cancelled"), PLAIN);
      cancelled.cancel(true);
      RpcException late =
          catchThrowableOfType(
              RpcException.class,
              () -> client.call(TALK, text("late"), PLAIN.withTimeout(Duration.ofMillis(50))));
      assertThat(late.code()).isIn(Code.DEADLINE_EXCEEDED, Code.UNAVAILABLE);
      assertThat(waits).isNotDone();
      go.countDown();
      assertThat(waits.get(30, TimeUnit.SECONDS)).isEqualTo(text("waits"));
      assertThat(holds.get(30, TimeUnit.SECONDS)).isEqualTo(text("holds"));
      assertThat(runs).hasValue(2);
      assertThat(server.peers()).hasSize(1);
    }
  }

  @Test
  void detailsCrossAsTheTypesThatTheyAre() throws Exception {
    try (Server server =
            serve(
                (request, context) -> {
                  throw new RpcException(
                      Status.of(Code.NOT_FOUND, "none")
                          .withDetail(text("first"))
                          .withDetail(Empty.getDefaultInstance())
                          .withDetail(text("second")));
                });
        Client client = Client.connect(address)) {
      Status status =
          catchThrowableOfType(RpcException.class, () -> client.call(TALK, text(""), PLAIN))
              .status();
      assertThat(status.detail(Text.getDefaultInstance())).contains(text("first"));
      assertThat(status.details(Text.getDefaultInstance()))
          .containsExactly(text("first"), text("second"));
      assertThat(status.detail(Empty.getDefaultInstance())).isPresent();
      assertThat(status.details(com.google.protobuf.Duration.getDefaultInstance())).isEmpty();
      assertThat(server.peers()).hasSize(1);
    }
  }

  @Test
  void aFailureOfTheHandlerIsNeverRetried() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    try (Server server =
            serve(
                (request, context) -> {
                  runs.incrementAndGet();
                  throw new RpcException(Code.UNAVAILABLE, "not now");
                });
        Client client = Client.connect(address)) {
      RpcException failure =
          catchThrowableOfType(RpcException.class, () -> client.call(TALK, text(""), PLAIN));
      assertThat(failure.outcome()).isEqualTo(Outcome.REPLIED);
      assertThat(runs).hasValue(1);
      assertThat(server.peers()).hasSize(1);
    }
  }
}
