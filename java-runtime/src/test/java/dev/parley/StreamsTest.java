package dev.parley;

import static dev.parley.StreamService.CHAT;
import static dev.parley.StreamService.GATHER;
import static dev.parley.StreamService.TELL;
import static dev.parley.TextService.TALK;
import static dev.parley.TextService.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.parley.rpc.BidiStream;
import dev.parley.rpc.Call;
import dev.parley.rpc.ClientStream;
import dev.parley.rpc.Code;
import dev.parley.rpc.MessageStream;
import dev.parley.rpc.Metadata;
import dev.parley.rpc.Outcome;
import dev.parley.rpc.RpcException;
import dev.parley.rpc.ServiceDefinition;
import dev.parley.test.v1.Text;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** The three shapes that stream, over real sockets. */
class StreamsTest extends OverRealSockets {
  private Server serveStream(ServiceDefinition... services) throws Exception {
    Server.Builder server = Server.builder(address);
    for (ServiceDefinition service : services) {
      server.service(service);
    }
    return server.start();
  }

  private static List<String> textsOf(Iterable<Text> stream) {
    List<String> texts = new ArrayList<>();
    stream.forEach(text -> texts.add(text.getText()));
    return texts;
  }

  private static List<String> numbered(String text, int times) {
    List<String> all = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      all.add(text + i);
    }
    return all;
  }

  @Test
  void aServerStreamGivesAllItsMessagesInOrderAndThenTheEnd() throws Exception {
    try (Server server =
            serveStream(
                StreamService.telling(
                    (request, replies, context) -> {
                      for (String next : numbered(request.getText(), 5000)) {
                        replies.send(text(next));
                      }
                      context.replyMetadata(Metadata.of("count", "5000"));
                    }));
        Client client = Client.connect(address);
        MessageStream<Text> stream = client.serverStream(TELL, text("n"), PLAIN)) {
      assertThat(textsOf(stream)).isEqualTo(numbered("n", 5000));
      assertThat(stream.replyMetadata().text("count")).contains("5000");
      assertThat(stream.next()).isEmpty();
      assertThat(server.peers()).hasSize(1);
    }
  }

  @Test
  void aServerStreamMayBeEmpty() throws Exception {
    try (Server server = serveStream(StreamService.telling((request, replies, context) -> {}));
        Client client = Client.connect(address);
        MessageStream<Text> stream = client.serverStream(TELL, text("n"), PLAIN)) {
      assertThat(stream).isEmpty();
    }
  }

  @Test
  void aFailureStandsBehindTheMessagesThatWereSentBeforeIt() throws Exception {
    try (Server server =
            serveStream(
                StreamService.telling(
                    (request, replies, context) -> {
                      replies.send(text("a"));
                      replies.send(text("b"));
                      throw new RpcException(Code.DATA_LOSS, "no more");
                    }));
        Client client = Client.connect(address);
        MessageStream<Text> stream = client.serverStream(TELL, text("n"), PLAIN)) {
      assertThat(stream.next()).contains(text("a"));
      assertThat(stream.next()).contains(text("b"));
      RpcException failure = catchThrowableOfType(RpcException.class, stream::next);
      assertThat(failure.code()).isEqualTo(Code.DATA_LOSS);
      assertThat(failure.outcome()).isEqualTo(Outcome.REPLIED);
    }
  }

  @Test
  void aClientStreamIsReadToItsEndAndAnswered() throws Exception {
    try (Server server =
            serveStream(
                StreamService.gathering(
                    (requests, context) -> text(String.join("", textsOf(requests)))));
        Client client = Client.connect(address);
        ClientStream<Text, Text> stream = client.clientStream(GATHER, PLAIN)) {
      for (String next : numbered(",", 3000)) {
        stream.send(text(next));
      }
      assertThat(stream.finish().getText()).isEqualTo(String.join("", numbered(",", 3000)));
    }
  }

  @Test
  void aHandlerMayAnswerBeforeItHasReadAll() throws Exception {
    try (Server server =
            serveStream(
                StreamService.gathering((requests, context) -> requests.next().orElseThrow()));
        Client client = Client.connect(address);
        ClientStream<Text, Text> stream = client.clientStream(GATHER, PLAIN)) {
      stream.send(text("enough"));
      CompletableFuture<Text> reply = stream.finishAsync();
      assertThat(reply.get(30, TimeUnit.SECONDS)).isEqualTo(text("enough"));
      RpcException failure =
          catchThrowableOfType(RpcException.class, () -> stream.send(text("late")));
      assertThat(failure.code()).isEqualTo(Code.FAILED_PRECONDITION);
    }
  }

  @Test
  void bothSidesStreamSideBySide() throws Exception {
    try (Server server =
            serveStream(
                StreamService.chatting(
                    (requests, replies, context) -> {
                      for (Text request : requests) {
                        replies.send(text("re " + request.getText()));
                      }
                      replies.send(text("bye"));
                    }));
        Client client = Client.connect(address);
        BidiStream<Text, Text> chat = client.bidiStream(CHAT, PLAIN)) {
      for (int i = 0; i < 100; i++) {
        chat.send(text("m" + i));
        assertThat(chat.next()).contains(text("re m" + i));
      }
      chat.finishSending();
      assertThat(textsOf(chat)).containsExactly("bye");
    }
  }

  @Test
  void theAsynchronousFormsDoTheSame() throws Exception {
    try (Server server =
            serveStream(
                StreamService.chatting(
                    (requests, replies, context) ->
                        requests.forEachAsync(replies::send).get(30, TimeUnit.SECONDS)));
        Client client = Client.connect(address);
        BidiStream<Text, Text> chat = client.bidiStream(CHAT, PLAIN)) {
      List<Text> got = new ArrayList<>();
      CompletableFuture<Void> read = chat.forEachAsync(got::add);
      List<CompletableFuture<Void>> sent = new ArrayList<>();
      for (String next : numbered("x".repeat(1000), 2000)) {
        sent.add(chat.sendAsync(text(next)));
      }
      CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new)).get(30, TimeUnit.SECONDS);
      chat.finishSending();
      read.get(30, TimeUnit.SECONDS);
      assertThat(textsOf(got)).isEqualTo(numbered("x".repeat(1000), 2000));
    }
  }

  @Test
  void nextAsyncCompletesWhenTheMessageComes() throws Exception {
    Semaphore go = new Semaphore(0);
    try (Server server =
            serveStream(
                StreamService.telling(
                    (request, replies, context) -> {
                      go.acquire();
                      replies.send(text("now"));
                    }));
        Client client = Client.connect(address);
        MessageStream<Text> stream = client.serverStream(TELL, text(""), PLAIN)) {
      CompletableFuture<Optional<Text>> next = stream.nextAsync();
      assertThat(next).isNotDone();
      go.release();
      assertThat(next.get(30, TimeUnit.SECONDS)).contains(text("now"));
      assertThat(stream.nextAsync().get(30, TimeUnit.SECONDS)).isEmpty();
    }
  }

  @Test
  void anUnreadStreamDelaysNoOtherCallOfTheConnection() throws Exception {
    AtomicInteger sent = new AtomicInteger();
    try (Server server =
            serveStream(
                TextService.answering(ECHO),
                StreamService.telling(
                    (request, replies, context) -> {
                      for (int i = 0; i < 10_000; i++) {
                        replies.send(text("x".repeat(100)));
                        sent.incrementAndGet();
                      }
                    }));
        Client client = Client.connect(address);
        MessageStream<Text> unread = client.serverStream(TELL, text(""), PLAIN)) {
      for (int i = 0; i < 10_000; i++) {
        assertThat(client.call(TALK, text("n" + i), PLAIN)).isEqualTo(text("n" + i));
      }
      // A window of 256 KiB, each message at 102 + 64 bytes: no more than that and one were taken.
      assertThat(sent.get()).isLessThanOrEqualTo(256 * 1024 / 166 + 2);
      assertThat(textsOf(unread)).hasSize(10_000);
    }
  }

  @Test
  void messagesOfManyFramesCrossBothWaysWithTinyWindows() throws Exception {
    String large = "large".repeat(100_000);
    try (Server server =
            Server.builder(address)
                .window(1)
                .service(
                    StreamService.chatting(
                        (requests, replies, context) -> {
                          for (Text request : requests) {
                            replies.send(request);
                          }
                        }))
                .start();
        Client client = Client.builder(address).window(1).connect();
        BidiStream<Text, Text> chat = client.bidiStream(CHAT, PLAIN)) {
      CompletableFuture<List<String>> read = CompletableFuture.supplyAsync(() -> textsOf(chat));
      for (String next : numbered(large, 10)) {
        chat.send(text(next));
      }
      chat.finishSending();
      assertThat(read.get(30, TimeUnit.SECONDS)).isEqualTo(numbered(large, 10));
    }
  }

  @Test
  void aUnaryCallOf20MiBIsCutAndPutTogether() throws Exception {
    Text large = text("abcdefgh".repeat(20 << 17));
    try (Server server = serve(ECHO);
        Client client = Client.connect(address)) {
      assertThat(client.call(TALK, large, PLAIN)).isEqualTo(large);
    }
  }

  @Test
  void aMessageOverTheReceiversLimitFailsThatCallAlone() throws Exception {
    try (Server server =
            Server.builder(address)
                .maxMessage(1000)
                .service(TextService.answering(ECHO))
                .service(
                    StreamService.gathering(
                        (requests, context) -> text(String.join("", textsOf(requests)))))
                .start();
        Client client = Client.connect(address);
        ClientStream<Text, Text> stream = client.clientStream(GATHER, PLAIN)) {
      RpcException failure =
          catchThrowableOfType(RpcException.class, () -> stream.send(text("x".repeat(2000))));
      assertThat(failure.code()).isEqualTo(Code.RESOURCE_EXHAUSTED);
      assertThat(failure.status().message()).startsWith("C-11:");
      assertThat(client.call(TALK, text("on"), PLAIN)).isEqualTo(text("on"));
    }
  }

  @Test
  void closingAStreamEarlyCancelsItsCall() throws Exception {
    CompletableFuture<RpcException> seen = new CompletableFuture<>();
    try (Server server =
            serveStream(
                StreamService.telling(
                    (request, replies, context) -> {
                      try {
                        while (true) {
                          replies.send(text("x".repeat(1000)));
                        }
                      } catch (RpcException e) {
                        seen.complete(e);
                        throw e;
                      }
                    }));
        Client client = Client.connect(address)) {
      MessageStream<Text> stream = client.serverStream(TELL, text(""), PLAIN);
      assertThat(stream.next()).isPresent();
      stream.close();
      assertThat(seen.get(30, TimeUnit.SECONDS).code()).isEqualTo(Code.CANCELLED);
      assertThatThrownBy(stream::next).isInstanceOf(RpcException.class);
    }
  }

  @Test
  void messagesThatWaitForRoomAreSentBeforeTheHalfClose() throws Exception {
    Semaphore hold = new Semaphore(0);
    try (Server server =
            Server.builder(address)
                .window(100)
                .service(
                    StreamService.gathering(
                        (requests, context) -> {
                          hold.acquire();
                          return text(String.join(",", textsOf(requests)));
                        }))
                .start();
        Client client = Client.connect(address);
        ClientStream<Text, Text> stream = client.clientStream(GATHER, PLAIN)) {
      List<CompletableFuture<Void>> sent = new ArrayList<>();
      for (String next : numbered("m", 20)) {
        sent.add(stream.sendAsync(text(next)));
      }
      CompletableFuture<Text> reply = stream.finishAsync();
      assertThat(sent.get(19)).isNotDone();
      assertThatThrownBy(() -> stream.send(text("late")))
          .isInstanceOfSatisfying(
              RpcException.class, e -> assertThat(e.code()).isEqualTo(Code.FAILED_PRECONDITION));
      hold.release();
      assertThat(reply.get()).isEqualTo(text(String.join(",", numbered("m", 20))));
      for (CompletableFuture<Void> each : sent) {
        each.get();
      }
      assertThat(server.peers()).hasSize(1);
    }
  }

  @Test
  void messagesThatWaitForRoomAreSentBeforeTheAnswer() throws Exception {
    CountDownLatch returned = new CountDownLatch(1);
    try (Server server =
            serveStream(
                StreamService.telling(
                    (request, replies, context) -> {
                      for (String next : numbered("m", 20)) {
                        var unused = replies.sendAsync(text(next));
                      }
                      context.replyMetadata(Metadata.of("count", "20"));
                      returned.countDown();
                    }));
        Client client = Client.builder(address).window(100).connect();
        MessageStream<Text> stream = client.serverStream(TELL, text(""), PLAIN)) {
      returned.await();
      assertThat(textsOf(stream)).isEqualTo(numbered("m", 20));
      assertThat(stream.replyMetadata().text("count")).contains("20");
      assertThat(server.peers()).hasSize(1);
    }
  }

  @Test
  void aHandlerThatReadsNoMoreLeavesItsCallersUnblocked() throws Exception {
    Semaphore sentAll = new Semaphore(0);
    try (Server server =
            serveStream(
                StreamService.gathering(
                    (requests, context) -> {
                      assertThat(requests.next()).isPresent();
                      requests.close();
                      assertThat(requests.next()).isEmpty();
                      sentAll.acquire();
                      return text("enough");
                    }));
        Client client = Client.connect(address);
        ClientStream<Text, Text> stream = client.clientStream(GATHER, PLAIN)) {
      // Four windows.
      for (int i = 0; i < 1000; i++) {
        stream.send(text("x".repeat(1000)));
      }
      sentAll.release();
      assertThat(stream.finish()).isEqualTo(text("enough"));
    }
  }

  @Test
  void aSenderWithoutRoomIsWokenByTheEndOfItsCall() throws Exception {
    try (Server server =
            serveStream(
                StreamService.gathering(
                    (requests, context) -> {
                      CountDownLatch cancelled = new CountDownLatch(1);
                      context.onCancel(cancelled::countDown);
                      cancelled.await();
                      return text("");
                    }));
        Client client = Client.connect(address)) {
      for (String cause : List.of("cancel", "deadline", "interrupt", "close")) {
        Call<Text, Text> call =
            client.start(
                GATHER,
                null,
                cause.equals("deadline") ? PLAIN.withTimeout(Duration.ofMillis(200)) : PLAIN);
        CompletableFuture<RpcException> failure = new CompletableFuture<>();
        AtomicInteger sent = new AtomicInteger();
        CountDownLatch full = new CountDownLatch(240);
        Thread sender =
            new Thread(
                () -> {
                  try {
                    while (true) {
                      call.requests().send(text("x".repeat(1000)));
                      sent.incrementAndGet();
                      full.countDown();
                    }
                  } catch (RpcException e) {
                    assertThat(Thread.interrupted()).isEqualTo(cause.equals("interrupt"));
                    failure.complete(e);
                  }
                });
        sender.start();
        if (!cause.equals("deadline")) {
          assertThat(full.await(30, TimeUnit.SECONDS)).isTrue();
        }
        switch (cause) {
          case "cancel" -> call.cancel();
          case "interrupt" -> sender.interrupt();
          case "close" -> client.closeNow();
          default -> {}
        }
        Code code = failure.get(30, TimeUnit.SECONDS).code();
        sender.join();
        assertThat(sent.get()).as("sent before " + cause).isLessThanOrEqualTo(260);
        assertThat(code)
            .isEqualTo(
                switch (cause) {
                  case "deadline" -> Code.DEADLINE_EXCEEDED;
                  case "close" -> Code.UNAVAILABLE;
                  default -> Code.CANCELLED;
                });
      }
    }
  }

  @Test
  void aStreamThatIsNotSentRefusesItsMessagesAndGivesNoSlotBack() throws Exception {
    try (Server server =
            Server.builder(address)
                .maxCalls(1)
                .service(
                    StreamService.gathering(
                        (requests, context) -> text("" + textsOf(requests).size())))
                .start();
        Client client = Client.connect(address)) {
      assertThat(server).isNotNull();
      Call<Text, Text> unsent = client.start(GATHER, null, PLAIN.withTimeout(Duration.ZERO));
      RpcException failure =
          catchThrowableOfType(RpcException.class, () -> unsent.requests().send(text("late")));
      assertThat(failure.code()).isEqualTo(Code.DEADLINE_EXCEEDED);
      assertThat(failure.outcome()).isEqualTo(Outcome.NOT_SENT);
      unsent.cancel();
      Call<Text, Text> first = client.start(GATHER, null, PLAIN);
      Call<Text, Text> second = client.start(GATHER, null, PLAIN);
      failure = catchThrowableOfType(RpcException.class, second::await);
      assertThat(failure.code()).isEqualTo(Code.UNAVAILABLE);
      assertThat(failure.outcome()).isEqualTo(Outcome.NOT_SENT);
      first.finishSending();
      assertThat(first.await()).isEqualTo(text("0"));
    }
  }

  @Test
  void aDeadlineEndsAStreamAtBothEnds() throws Exception {
    CompletableFuture<Code> seen = new CompletableFuture<>();
    try (Server server =
            serveStream(
                StreamService.chatting(
                    (requests, replies, context) -> {
                      try {
                        textsOf(requests);
                      } catch (RpcException e) {
                        seen.complete(e.code());
                        throw e;
                      }
                    }));
        Client client = Client.connect(address);
        BidiStream<Text, Text> chat =
            client.bidiStream(CHAT, PLAIN.withTimeout(Duration.ofMillis(100)))) {
      RpcException failure = catchThrowableOfType(RpcException.class, chat::next);
      assertThat(failure.code()).isEqualTo(Code.DEADLINE_EXCEEDED);
      // Whoever is first to notice: this side by itself, or the other, which says so.
      assertThat(failure.outcome()).isIn(Outcome.UNKNOWN, Outcome.REPLIED);
      assertThat(seen.get(30, TimeUnit.SECONDS)).isIn(Code.DEADLINE_EXCEEDED, Code.CANCELLED);
    }
  }

  @Test
  void anInterruptedReaderEndsItsCallAndLeavesTheConnectionWhole() throws Exception {
    try (Server server =
            serveStream(
                TextService.answering(ECHO),
                StreamService.chatting((requests, replies, context) -> textsOf(requests)));
        Client client = Client.connect(address);
        BidiStream<Text, Text> chat = client.bidiStream(CHAT, PLAIN)) {
      AtomicReference<RpcException> thrown = new AtomicReference<>();
      CountDownLatch flag = new CountDownLatch(1);
      Thread reader =
          new Thread(
              () -> {
                thrown.set(catchThrowableOfType(RpcException.class, chat::next));
                if (Thread.interrupted()) {
                  flag.countDown();
                }
              });
      reader.start();
      reader.interrupt();
      reader.join();
      assertThat(Objects.requireNonNull(thrown.get()).code()).isEqualTo(Code.CANCELLED);
      assertThat(flag.getCount()).isZero();
      assertThat(client.call(TALK, text("on"), PLAIN)).isEqualTo(text("on"));
    }
  }

  @Test
  void aLostConnectionEndsStreamsOnBothSidesWithTheMessagesBeforeIt() throws Exception {
    BlockingQueue<RpcException> ends = new LinkedBlockingQueue<>();
    try (Server server =
        serveStream(
            StreamService.chatting(
                (requests, replies, context) -> {
                  replies.send(text("one"));
                  try {
                    textsOf(requests);
                  } catch (RpcException e) {
                    ends.add(e);
                  }
                }))) {
      Client client = Client.connect(address);
      BidiStream<Text, Text> chat = client.bidiStream(CHAT, PLAIN);
      assertThat(chat.next()).contains(text("one"));
      client.closeNow();
      RpcException failure = catchThrowableOfType(RpcException.class, chat::next);
      assertThat(failure.code()).isEqualTo(Code.UNAVAILABLE);
      assertThat(failure.outcome()).isEqualTo(Outcome.UNKNOWN);
      assertThat(Objects.requireNonNull(ends.poll(30, TimeUnit.SECONDS)).code())
          .isEqualTo(Code.UNAVAILABLE);
    }
  }

  @Test
  void aGracefulCloseLetsAStreamRunToItsEnd() throws Exception {
    Semaphore closing = new Semaphore(0);
    Server server =
        serveStream(
            StreamService.telling(
                (request, replies, context) -> {
                  replies.send(text("one"));
                  closing.acquire();
                  replies.send(text("two"));
                }));
    try (Client client = Client.connect(address);
        MessageStream<Text> stream = client.serverStream(TELL, text(""), PLAIN)) {
      assertThat(stream.next()).contains(text("one"));
      CompletableFuture<Void> closed = CompletableFuture.runAsync(server::close);
      while (client.isOpen()) {
        RpcException refused =
            catchThrowableOfType(
                RpcException.class, () -> client.call(TELL_AS_UNARY, text(""), PLAIN));
        if (refused.code() == Code.UNAVAILABLE) {
          assertThat(refused.outcome()).isIn(Outcome.NOT_SENT, Outcome.REJECTED);
          break;
        }
      }
      closing.release();
      assertThat(textsOf(stream)).containsExactly("two");
      closed.get(30, TimeUnit.SECONDS);
    }
  }

  private static final dev.parley.rpc.Method<Text, Text> TELL_AS_UNARY =
      dev.parley.rpc.Method.unary(
          "parley.test.v1.Nobody", "Has", Text.getDefaultInstance(), Text.getDefaultInstance());
}
