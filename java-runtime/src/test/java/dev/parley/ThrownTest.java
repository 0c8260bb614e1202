package dev.parley;

import static dev.parley.StreamService.TELL;
import static dev.parley.TextService.TALK;
import static dev.parley.TextService.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.parley.rpc.Code;
import dev.parley.rpc.MessageStream;
import dev.parley.rpc.Outcome;
import dev.parley.rpc.RpcException;
import dev.parley.test.v1.Text;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What user code throws by mistake, at each place where it can: it stays on its side. */
class ThrownTest extends OverRealSockets {
  private static final String SECRET = "the password is swordfish";
  private static final Logger LOGGER = Logger.getLogger("dev.parley.rpc");

  private final BlockingQueue<LogRecord> log = new LinkedBlockingQueue<>();
  private final Handler recorder =
      new Handler() {
        @Override
        public void publish(LogRecord line) {
          log.add(line);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeEach
  void listenToTheLog() {
    LOGGER.setUseParentHandlers(false);
    LOGGER.addHandler(recorder);
  }

  @AfterEach
  void leaveTheLog() {
    LOGGER.removeHandler(recorder);
    LOGGER.setUseParentHandlers(true);
  }

  /** Not an Exception and not an Error. */
  private static final class Odd extends Throwable {
    private static final long serialVersionUID = 1;

    Odd() {
      super(SECRET);
    }
  }

  private static List<Throwable> mistakes() {
    return List.of(
        new IllegalStateException(SECRET),
        new IOException(SECRET),
        new AssertionError(SECRET),
        new StackOverflowError(SECRET),
        new InterruptedException(SECRET),
        new Odd());
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> RuntimeException thrown(Throwable mistake) throws T {
    throw (T) mistake;
  }

  /** Says nothing of the mistake but an id, which stands in the log of the side that made it. */
  private void expectHidden(RpcException failure, Throwable mistake) throws Exception {
    assertThat(failure.code()).isEqualTo(Code.INTERNAL);
    assertThat(failure.outcome()).isEqualTo(Outcome.REPLIED);
    assertThat(failure.status().message()).doesNotContain("swordfish").contains("; error ");
    String id = failure.status().message().split("; error ", -1)[1];
    LogRecord line = log.take();
    assertThat(line.getMessage()).contains("error " + id);
    assertThat(line.getThrown()).isSameAs(mistake);
  }

  @Test
  void whatAHandlerThrowsReachesItsCallerAsAnIdThatTheOtherLogHas() throws Exception {
    for (Throwable mistake : mistakes()) {
      try (Server server =
              serve(
                  (request, context) -> {
                    throw ThrownTest.<RuntimeException>thrown(mistake);
                  });
          Client client = Client.connect(address)) {
        expectHidden(
            catchThrowableOfType(RpcException.class, () -> client.call(TALK, text("a"), PLAIN)),
            mistake);
        assertThat(client.isOpen()).isTrue();
        assertThat(server.peers()).hasSize(1);
      }
    }
  }

  @Test
  void soDoesWhatAStreamingHandlerThrowsBehindWhatItHasSent() throws Exception {
    for (Throwable mistake : mistakes()) {
      try (Server server =
              Server.builder(address)
                  .service(
                      StreamService.telling(
                          (request, replies, context) -> {
                            replies.send(text("one"));
                            throw ThrownTest.<RuntimeException>thrown(mistake);
                          }))
                  .start();
          Client client = Client.connect(address);
          MessageStream<Text> stream = client.serverStream(TELL, text("a"), PLAIN)) {
        assertThat(stream.next()).contains(text("one"));
        expectHidden(catchThrowableOfType(RpcException.class, stream::next), mistake);
        assertThat(client.isOpen()).isTrue();
        assertThat(server.peers()).hasSize(1);
      }
    }
  }

  @Test
  void whatACancelListenerThrowsIsLoggedAndTheNextOneRuns() throws Exception {
    for (Throwable mistake : List.of(new IllegalStateException(SECRET), new AssertionError())) {
      CountDownLatch running = new CountDownLatch(1);
      CountDownLatch told = new CountDownLatch(1);
      try (Server server =
              serve(
                  (request, context) -> {
                    context.onCancel(() -> ThrownTest.<RuntimeException>throwIt(mistake));
                    context.onCancel(told::countDown);
                    running.countDown();
                    told.await();
                    return request;
                  });
          Client client = Client.connect(address)) {
        CompletableFuture<Text> call = client.callAsync(TALK, text("a"), PLAIN);
        running.await();
        call.cancel(true);
        told.await();
        assertThat(log.take().getThrown()).isSameAs(mistake);
        assertThat(server.peers()).hasSize(1);
      }
    }
  }

  private static <T extends Throwable> void throwIt(Throwable mistake) throws T {
    throw ThrownTest.<T>thrown(mistake);
  }

  @Test
  void whatAnEventHandlerThrowsIsLoggedAndTheNextEventComes() throws Exception {
    for (Throwable mistake : List.of(new IOException(SECRET), new AssertionError())) {
      BlockingQueue<String> got = new LinkedBlockingQueue<>();
      try (Server server =
              Server.builder(address)
                  .onEvent(
                      "news",
                      Text.getDefaultInstance(),
                      (event, context) -> {
                        got.add(event.getText());
                        if (event.getText().equals("one")) {
                          throw ThrownTest.<RuntimeException>thrown(mistake);
                        }
                      })
                  .start();
          Client client = Client.connect(address)) {
        client.sendEvent("news", text("one"));
        client.sendEvent("news", text("two"));
        assertThat(got.take()).isEqualTo("one");
        assertThat(log.take().getThrown()).isSameAs(mistake);
        assertThat(got.take()).isEqualTo("two");
        assertThat(server.peers()).hasSize(1);
      }
    }
  }

  @Test
  void aHandlerOutOfMemoryEndsItsConnectionAndNothingElse() throws Exception {
    try (Server server =
            serve(
                (request, context) -> {
                  if (request.getText().equals("much")) {
                    throw new OutOfMemoryError("no room");
                  }
                  return request;
                });
        Client greedy = Client.connect(address);
        Client modest = Client.connect(address)) {
      RpcException failure =
          catchThrowableOfType(RpcException.class, () -> greedy.call(TALK, text("much"), PLAIN));
      assertThat(failure.code()).isIn(Code.INTERNAL, Code.UNAVAILABLE);
      greedy.awaitClosed();
      assertThat(log.take().getThrown()).isInstanceOf(OutOfMemoryError.class);
      assertThat(modest.call(TALK, text("a"), PLAIN)).isEqualTo(text("a"));
      assertThat(server.peers()).hasSize(1);
    }
  }
}
