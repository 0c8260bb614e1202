package dev.parley;

import static dev.parley.TextService.TALK;
import static dev.parley.TextService.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.AbstractParser;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.ExtensionRegistryLite;
import com.google.protobuf.MessageLite;
import dev.parley.rpc.Code;
import dev.parley.rpc.Method;
import dev.parley.rpc.Outcome;
import dev.parley.rpc.RpcException;
import dev.parley.rpc.Status;
import dev.parley.test.v1.Text;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** How servers, clients and their processes end, and what becomes of calls. */
class EndsTest extends OverRealSockets {
  @Test
  void aGracefulCloseOfTheServerLetsTheRunningCallFinishAndRefusesMore() throws Exception {
    CountDownLatch began = new CountDownLatch(1);
    CountDownLatch gate = new CountDownLatch(1);
    Server server =
        serve(
            (request, context) -> {
              began.countDown();
              gate.await();
              return request;
            });
    try (Client client = Client.connect(address)) {
      CompletableFuture<Text> running = client.callAsync(TALK, text("running"), PLAIN);
      began.await();
      Thread closing = new Thread(server::close);
      closing.start();
      RpcException refused = null;
      while (refused == null) {
        CompletableFuture<Text> late =
            client.callAsync(TALK, text("late"), PLAIN.withTimeout(Duration.ofSeconds(30)));
        if (client.isOpen() && late.isDone()) {
          refused = failureOf(late);
        } else {
          client.ping().get(10, TimeUnit.SECONDS); // By then the GOAWAY has been read, too.
        }
      }
      assertThat(refused.code()).isEqualTo(Code.UNAVAILABLE);
      assertThat(refused.outcome()).isIn(Outcome.NOT_SENT, Outcome.REJECTED);
      gate.countDown();
      assertThat(running.join()).isEqualTo(text("running"));
      closing.join();
    }
  }

  @Test
  void closeNowEndsCallsInFlightUnknown() throws Exception {
    CountDownLatch began = new CountDownLatch(1);
    CountDownLatch told = new CountDownLatch(1);
    try (Server server =
        serve(
            (request, context) -> {
              context.onCancel(told::countDown);
              began.countDown();
              told.await();
              return request;
            })) {
      Client client = Client.connect(address);
      CompletableFuture<Text> call = client.callAsync(TALK, text("a"), PLAIN);
      began.await();
      client.closeNow();
      assertThat(failureOf(call).outcome()).isEqualTo(Outcome.UNKNOWN);
      told.await();
      assertThatThrownBy(() -> client.call(TALK, text("b"), PLAIN))
          .isInstanceOfSatisfying(
              RpcException.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.NOT_SENT));
    }
  }

  @Test
  void closeNowSaysItsReasonOnBothSides() throws Exception {
    Status reason = Status.of(Code.RESOURCE_EXHAUSTED, "the moon is full");
    for (boolean serverEnds : new boolean[] {true, false}) {
      CountDownLatch running = new CountDownLatch(1);
      CompletableFuture<RpcException> heard = new CompletableFuture<>();
      try (Server server =
              serve(
                  (request, context) -> {
                    CompletableFuture<Text> back = context.peer().callAsync(TALK, request, PLAIN);
                    heard.complete(failureOf(back));
                    return request;
                  });
          Client client =
              Client.builder(address)
                  .service(
                      TextService.answering(
                          (request, context) -> {
                            context.interruptOnCancel();
                            running.countDown();
                            new CountDownLatch(1).await();
                            return request;
                          }))
                  .connect()) {
        CompletableFuture<Text> call = client.callAsync(TALK, text("x"), PLAIN);
        running.await();
        if (serverEnds) {
          server.closeNow(reason);
        } else {
          client.closeNow(reason);
        }
        for (RpcException failure : List.of(failureOf(call), heard.get(30, TimeUnit.SECONDS))) {
          assertThat(failure.code()).isEqualTo(Code.UNAVAILABLE);
          assertThat(failure.outcome()).isEqualTo(Outcome.UNKNOWN);
          assertThat(failure.status().message()).contains("the moon is full");
        }
      }
    }
  }

  @Test
  void aServerKilledInMidCallEndsItUnknownAtOnce() throws Exception {
    try (ServerProcess server = ServerProcess.start(directory.resolve("a.sock"));
        Client client = Client.connect(address)) {
      assertThat(client.call(TALK, text("alive"), PLAIN)).isEqualTo(text("alive"));
      CompletableFuture<Text> call = client.callAsync(TALK, text("hang"), PLAIN);
      client.ping().get(10, TimeUnit.SECONDS);
      server.kill();
      RpcException failure = failureOf(call);
      assertThat(failure.code()).isEqualTo(Code.UNAVAILABLE);
      assertThat(failure.outcome()).isEqualTo(Outcome.UNKNOWN);
      client.whenClosed().get(10, TimeUnit.SECONDS);
    }
    try (Server next = serve(ECHO);
        Client client = Client.connect(address)) {
      assertThat(client.call(TALK, text("again"), PLAIN)).isEqualTo(text("again"));
    }
  }

  @Test
  void aClientKilledInMidCallIsNoticedByItsHandler() throws Exception {
    BlockingQueue<String> told = new LinkedBlockingQueue<>();
    CountDownLatch gone = new CountDownLatch(1);
    try (Server server =
        serve(
            (request, context) -> {
              context.onCancel(gone::countDown);
              told.add(request.getText());
              gone.await();
              return request;
            })) {
      try (ServerProcess client = ServerProcess.callOnce(directory.resolve("a.sock"))) {
        assertThat(told.take()).isEqualTo("once");
        client.kill();
        gone.await();
      }
    }
  }

  @Test
  void whatGoesWrongOnTheReadingThreadEndsThatConnectionAlone() throws Exception {
    try (Server server =
            Server.builder(address)
                .executor(
                    task -> {
                      throw new IllegalStateException("thrown on purpose");
                    })
                .service(TextService.answering(ECHO))
                .start();
        Client bystander = Client.connect(address);
        Client unlucky = Client.connect(address)) {
      RpcException failure = failureOf(unlucky.callAsync(TALK, text("a"), PLAIN));
      assertThat(failure.code()).isEqualTo(Code.UNAVAILABLE);
      assertThat(failure.outcome()).isEqualTo(Outcome.UNKNOWN);
      assertThat(bystander.ping().get(10, TimeUnit.SECONDS)).isPositive();
    }
  }

  @Test
  void aReplyThatCannotBeTakenEndsItsCallAndItsConnection() throws Exception {
    AbstractParser<Text> failing =
        new AbstractParser<>() {
          @Override
          public Text parsePartialFrom(CodedInputStream in, ExtensionRegistryLite extensions) {
            throw new OutOfMemoryError("thrown on purpose");
          }
        };
    MessageLite untakable =
        (MessageLite)
            Proxy.newProxyInstance(
                MessageLite.class.getClassLoader(),
                new Class<?>[] {MessageLite.class},
                (proxy, method, arguments) ->
                    method.getName().equals("getParserForType") ? failing : null);
    Method<Text, MessageLite> talk =
        Method.unary(TextService.NAME, "Talk", Text.getDefaultInstance(), untakable);
    try (Server server = serve(ECHO)) {
      Client client = Client.connect(address);
      RpcException failure =
          catchThrowableOfType(RpcException.class, () -> client.call(talk, text("a"), PLAIN));
      assertThat(failure.code()).isEqualTo(Code.INTERNAL);
      assertThat(failure.outcome()).isEqualTo(Outcome.REPLIED);
      client.whenClosed().get(10, TimeUnit.SECONDS);
    }
  }
}
