package dev.parley;

import static dev.parley.TextService.TALK;
import static dev.parley.TextService.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import dev.parley.rpc.CallOptions;
import dev.parley.rpc.Code;
import dev.parley.rpc.Metadata;
import dev.parley.rpc.Outcome;
import dev.parley.rpc.Peer;
import dev.parley.rpc.RpcException;
import dev.parley.rpc.Status;
import dev.parley.rpc.UnaryHandler;
import dev.parley.test.v1.Text;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Calls over real sockets. */
class CallsTest extends OverRealSockets {
  @Test
  void aCallIsAnswered() throws Exception {
    try (Server server = serve((request, context) -> text("you said " + request.getText()));
        Client client = Client.connect(address)) {
      assertThat(client.call(TALK, text("hello"), PLAIN)).isEqualTo(text("you said hello"));
      assertThat(server.peers()).hasSize(1);
      assertThat(client.credentials().isSameUser()).isTrue();
      assertThat(server.peers().get(0).credentials().isSameUser()).isTrue();
    }
    assertThat(directory.resolve("a.sock")).doesNotExist();
  }

  @Test
  void repliesComeInWhateverOrderHandlersFinish() throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    try (Server server =
            serve(
                (request, context) -> {
                  if (request.getText().equals("first")) {
                    gate.await();
                  }
                  return request;
                });
        Client client = Client.connect(address)) {
      CompletableFuture<Text> first = client.callAsync(TALK, text("first"), PLAIN);
      for (int i = 0; i < 100; i++) {
        assertThat(client.call(TALK, text("n" + i), PLAIN)).isEqualTo(text("n" + i));
      }
      assertThat(first).isNotDone();
      gate.countDown();
      assertThat(first.join()).isEqualTo(text("first"));
    }
  }

  @Test
  void aThousandCallsAreInFlightAtOnce() throws Exception {
    try (Server server = serve(ECHO);
        Client client = Client.connect(address)) {
      List<CompletableFuture<Text>> calls = new ArrayList<>();
      for (int i = 0; i < 1000; i++) {
        calls.add(client.callAsync(TALK, text("n" + i), PLAIN));
      }
      for (int i = 0; i < 1000; i++) {
        assertThat(calls.get(i).join()).isEqualTo(text("n" + i));
      }
    }
  }

  @Test
  void aHandlerMayCallItsCallerBackThroughEveryLevel() throws Exception {
    UnaryHandler<Text, Text> countDown =
        (request, context) -> {
          int left = Integer.parseInt(request.getText());
          return left == 0
              ? text("done")
              : context.peer().call(TALK, text(Integer.toString(left - 1)), PLAIN);
        };
    try (Server server = serve(countDown);
        Client client =
            Client.builder(address).service(TextService.answering(countDown)).connect()) {
      assertThat(client.call(TALK, text("20"), PLAIN)).isEqualTo(text("done"));
      Peer back = server.peers().get(0);
      assertThat(back.call(TALK, text("7"), PLAIN)).isEqualTo(text("done"));
    }
  }

  @Test
  void aTimeoutEndsTheCallAndReachesTheHandler() throws Exception {
    CountDownLatch told = new CountDownLatch(1);
    BlockingQueue<Optional<Duration>> remaining = new LinkedBlockingQueue<>();
    try (Server server =
            serve(
                (request, context) -> {
                  CountDownLatch stopped = new CountDownLatch(1);
                  remaining.add(context.remaining());
                  context.onCancel(stopped::countDown);
                  stopped.await();
                  assertThat(context.isCancelled()).isTrue();
                  told.countDown();
                  return request;
                });
        Client client = Client.connect(address)) {
      CallOptions limited = PLAIN.withTimeout(Duration.ofMillis(200));
      assertThatThrownBy(() -> client.call(TALK, text("a"), limited))
          .isInstanceOfSatisfying(
              RpcException.class,
              e -> {
                assertThat(e.code()).isEqualTo(Code.DEADLINE_EXCEEDED);
                // REPLIED if the callee was faster to say so.
                assertThat(e.outcome()).isIn(Outcome.UNKNOWN, Outcome.REPLIED);
              });
      told.await();
      assertThat(remaining.take())
          .hasValueSatisfying(
              left -> assertThat(left).isLessThanOrEqualTo(limited.timeout().get()));
      assertThat(failureOf(client.callAsync(TALK, text("b"), limited)).code())
          .isEqualTo(Code.DEADLINE_EXCEEDED);
    }
  }

  @Test
  void cancellingTheFutureReachesTheHandlerAndLeavesTheConnectionWhole() throws Exception {
    CountDownLatch began = new CountDownLatch(1);
    CountDownLatch told = new CountDownLatch(1);
    try (Server server =
            serve(
                (request, context) -> {
                  if (request.getText().equals("wait")) {
                    context.onCancel(told::countDown);
                    began.countDown();
                    told.await();
                  }
                  return request;
                });
        Client client = Client.connect(address)) {
      CompletableFuture<Text> call = client.callAsync(TALK, text("wait"), PLAIN);
      began.await();
      assertThat(call.cancel(false)).isTrue();
      told.await();
      assertThat(call).isCancelled();
      assertThat(client.call(TALK, text("more"), PLAIN)).isEqualTo(text("more"));
    }
  }

  @Test
  void anInterruptedCallerIsCancelledAndNeverHarmsTheConnection() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    CountDownLatch began = new CountDownLatch(1);
    try (Server server =
            serve(
                (request, context) -> {
                  if (request.getText().equals("wait")) {
                    context.onCancel(never::countDown);
                    began.countDown();
                    never.await();
                  }
                  return request;
                });
        Client client = Client.connect(address)) {
      BlockingQueue<RpcException> failure = new LinkedBlockingQueue<>();
      AtomicReference<Boolean> flag = new AtomicReference<>();
      Thread caller =
          new Thread(
              () -> {
                failure.add(
                    catchThrowableOfType(
                        RpcException.class, () -> client.call(TALK, text("wait"), PLAIN)));
                flag.set(Thread.currentThread().isInterrupted());
              });
      caller.start();
      began.await();
      caller.interrupt();
      caller.join();
      RpcException cancelled = failure.take();
      assertThat(cancelled.code()).isEqualTo(Code.CANCELLED);
      assertThat(cancelled.outcome()).isEqualTo(Outcome.UNKNOWN);
      assertThat(flag.get()).isTrue();
      assertThat(client.call(TALK, text("more"), PLAIN)).isEqualTo(text("more"));
    }
  }

  @Test
  void aStormOfInterruptsLosesNoReplyThatWasWaitedFor() throws Exception {
    try (Server server = serve(ECHO);
        Client client = Client.connect(address)) {
      AtomicReference<Throwable> wrong = new AtomicReference<>();
      Thread calling =
          new Thread(
              () -> {
                for (int i = 0; i < 5_000; i++) {
                  try {
                    Text reply = client.call(TALK, text("n" + i), PLAIN);
                    if (!reply.getText().equals("n" + i)) {
                      wrong.set(new AssertionError("call " + i + " got " + reply));
                    }
                  } catch (RpcException e) {
                    if (e.code() != Code.CANCELLED) {
                      wrong.set(e);
                    }
                    Thread.interrupted();
                  }
                }
              });
      calling.start();
      while (calling.isAlive()) {
        calling.interrupt();
        calling.join(1);
      }
      assertThat(wrong.get()).isNull();
      assertThat(client.call(TALK, text("whole"), PLAIN)).isEqualTo(text("whole"));
    }
  }

  @Test
  void whatAHandlerThrowsOnPurposeReachesItsCallerWhole() throws Exception {
    Any detail = Any.pack(text("more about it"));
    try (Server server =
            serve(
                (request, context) -> {
                  context.replyMetadata(Metadata.of("trace", "7"));
                  throw new RpcException(
                      Status.of(Code.NOT_FOUND, "no such thing").withDetails(List.of(detail)));
                });
        Client client = Client.connect(address)) {
      var call = client.start(TALK, text("a"), PLAIN);
      RpcException failure = catchThrowableOfType(RpcException.class, call::await);
      assertThat(failure.code()).isEqualTo(Code.NOT_FOUND);
      assertThat(failure.outcome()).isEqualTo(Outcome.REPLIED);
      assertThat(failure.status().message()).isEqualTo("no such thing");
      assertThat(failure.status().details()).containsExactly(detail);
      assertThat(call.replyMetadata().text("trace")).contains("7");
    }
  }

  @Test
  void metadataCrossesBothWaysWithRepeatedKeysAndBinaryValues() throws Exception {
    Metadata sent =
        Metadata.of("k", "1").with("k", "2").with("b", ByteString.copyFrom(new byte[] {0, -1}));
    try (Server server =
            serve(
                (request, context) -> {
                  context.replyMetadata(context.metadata());
                  return request;
                });
        Client client = Client.connect(address)) {
      var call = client.start(TALK, text("a"), PLAIN.withMetadata(sent));
      call.await();
      assertThat(call.replyMetadata()).isEqualTo(sent);
    }
  }

  @Test
  void metadataOverTheLimitFailsTheCallBeforeItIsSent() throws Exception {
    try (Server server = serve(ECHO);
        Client client = Client.connect(address)) {
      Metadata large = Metadata.of("k", "x".repeat(9_000));
      assertThatThrownBy(() -> client.call(TALK, text("a"), PLAIN.withMetadata(large)))
          .isInstanceOfSatisfying(
              RpcException.class,
              e -> {
                assertThat(e.outcome()).isEqualTo(Outcome.NOT_SENT);
                assertThat(e.status().message()).startsWith("F-7:");
              });
    }
  }

  @Test
  void moreHandlersThanMayRunAreRejectedNotQueued() throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    CountDownLatch began = new CountDownLatch(1);
    try (Server server =
            Server.builder(address)
                .maxHandlers(1)
                .service(
                    TextService.answering(
                        (request, context) -> {
                          began.countDown();
                          gate.await();
                          return request;
                        }))
                .start();
        Client client = Client.connect(address)) {
      CompletableFuture<Text> running = client.callAsync(TALK, text("a"), PLAIN);
      began.await();
      RpcException rejected = failureOf(client.callAsync(TALK, text("b"), PLAIN));
      assertThat(rejected.code()).isEqualTo(Code.UNAVAILABLE);
      assertThat(rejected.outcome()).isEqualTo(Outcome.REJECTED);
      gate.countDown();
      assertThat(running.join()).isEqualTo(text("a"));
    }
  }

  @Test
  void handlersRunOnTheExecutorThatTheUserGave() throws Exception {
    var mine = Executors.newSingleThreadExecutor(task -> new Thread(task, "mine"));
    try (Server server =
            Server.builder(address)
                .executor(mine)
                .service(
                    TextService.answering(
                        (request, context) -> text(Thread.currentThread().getName())))
                .start();
        Client client = Client.connect(address)) {
      assertThat(client.call(TALK, text("where"), PLAIN)).isEqualTo(text("mine"));
    } finally {
      mine.shutdown();
      assertThat(mine.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }
  }
}
