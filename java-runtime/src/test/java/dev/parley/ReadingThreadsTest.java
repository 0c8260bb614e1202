package dev.parley;

import static dev.parley.TextService.TALK;
import static dev.parley.TextService.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.parley.rpc.Code;
import dev.parley.rpc.RpcException;
import dev.parley.test.v1.Text;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who reads: the threads that wait, in turns, and the loop. */
class ReadingThreadsTest extends OverRealSockets {
  private Client connect(int busyPollMicros) {
    return Client.builder(address)
        .busyPoll(Duration.ofNanos(busyPollMicros * 1_000L))
        .service(TextService.answering((request, context) -> text("client: " + request.getText())))
        .connect();
  }

  private Server serve(int busyPollMicros) throws Exception {
    return Server.builder(address)
        .busyPoll(Duration.ofNanos(busyPollMicros * 1_000L))
        .service(
            TextService.answering(
                (request, context) -> {
                  if (request.getText().startsWith("back ")) {
                    return context.peer().call(TALK, text(request.getText().substring(5)), PLAIN);
                  }
                  return request;
                }))
        .start();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 50, 10_000})
  void callsAreAnsweredHoweverLongReadersPoll(int micros) throws Exception {
    try (Server server = serve(micros);
        Client client = connect(micros)) {
      for (int i = 0; i < 200; i++) {
        assertThat(client.call(TALK, text("a" + i), PLAIN)).isEqualTo(text("a" + i));
        assertThat(client.callAsync(TALK, text("b" + i), PLAIN).get()).isEqualTo(text("b" + i));
        assertThat(client.callAsync(TALK, text("c"), PLAIN).thenApply(Text::getText).get())
            .isEqualTo("c");
        assertThat(client.call(TALK, text("back d" + i), PLAIN)).isEqualTo(text("client: d" + i));
      }
      assertThat(server.peers()).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 50})
  void everyOneOfManyWaitingThreadsGetsItsOwnReply(int micros) throws Exception {
    int threads = 32;
    try (Server server = serve(micros);
        Client client = connect(micros)) {
      BlockingQueue<String> wrong = new LinkedBlockingQueue<>();
      List<Thread> callers = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        String name = "t" + t + " ";
        callers.add(
            new Thread(
                () -> {
                  for (int i = 0; i < 300; i++) {
                    String sent = i % 50 == 49 ? "back " + name + i : name + i;
                    String reply = client.call(TALK, text(sent), PLAIN).getText();
                    String wanted = i % 50 == 49 ? "client: " + name + i : sent;
                    if (!reply.equals(wanted)) {
                      wrong.add(sent + " got " + reply);
                    }
                  }
                }));
      }
      callers.forEach(Thread::start);
      for (Thread caller : callers) {
        caller.join();
      }
      assertThat(wrong).isEmpty();
      assertThat(server.peers()).hasSize(1);
    }
  }

  @Test
  void whoReadsForOthersLeavesInTimeAndAnotherReadsOn() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    try (Server server =
            serve(
                (request, context) -> {
                  if (request.getText().equals("slow")) {
                    release.await();
                  }
                  return request;
                });
        Client client = Client.connect(address)) {
      BlockingQueue<Object> ends = new LinkedBlockingQueue<>();
      Thread first =
          new Thread(
              () ->
                  ends.add(
                      catchThrowableOfType(
                          RpcException.class,
                          () ->
                              client.call(
                                  TALK, text("slow"), PLAIN.withTimeout(Duration.ofMillis(100))))));
      Thread second = new Thread(() -> ends.add(client.call(TALK, text("slow"), PLAIN)));
      first.start();
      second.start();
      assertThat(ends.take())
          .isInstanceOfSatisfying(
              RpcException.class, end -> assertThat(end.code()).isEqualTo(Code.DEADLINE_EXCEEDED));
      release.countDown();
      assertThat(ends.take()).isEqualTo(text("slow"));
      first.join();
      second.join();
      assertThat(server.peers()).hasSize(1);
    }
  }

  @Test
  void aThreadThatSleepsForItsReplyIsWokenWhenAnotherEndsTheCall() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    try (Server server =
            serve(
                (request, context) -> {
                  arrived.countDown();
                  release.await();
                  return request;
                });
        Client client = Client.connect(address)) {
      var call = client.start(TALK, text("a"), PLAIN);
      CompletableFuture<RpcException> end = new CompletableFuture<>();
      Thread waiting =
          new Thread(() -> end.complete(catchThrowableOfType(RpcException.class, call::await)));
      waiting.start();
      arrived.await();
      while (waiting.getState() == Thread.State.NEW || !sleeps(waiting)) {
        Thread.onSpinWait();
      }
      call.cancel();
      assertThat(end.get().code()).isEqualTo(Code.CANCELLED);
      waiting.join();
      release.countDown();
      assertThat(server.peers()).hasSize(1);
    }
  }

  private static boolean sleeps(Thread thread) {
    for (StackTraceElement frame : thread.getStackTrace()) {
      if (frame.getMethodName().equals("sleepInPoller")) {
        return true;
      }
    }
    return false;
  }

  @Test
  void allWaitingThreadsAreToldWhenTheConnectionEnds() throws Exception {
    int threads = 8;
    CountDownLatch arrived = new CountDownLatch(threads);
    CountDownLatch release = new CountDownLatch(1);
    try (Server server =
        serve(
            (request, context) -> {
              arrived.countDown();
              release.await();
              return request;
            })) {
      Client client = Client.connect(address);
      BlockingQueue<RpcException> ends = new LinkedBlockingQueue<>();
      List<Thread> callers = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        callers.add(
            new Thread(
                () ->
                    ends.add(
                        catchThrowableOfType(
                            RpcException.class, () -> client.call(TALK, text("a"), PLAIN)))));
      }
      callers.forEach(Thread::start);
      arrived.await();
      client.closeNow();
      for (Thread caller : callers) {
        caller.join();
      }
      release.countDown();
      assertThat(ends).hasSize(threads).allMatch(end -> end.code() == Code.UNAVAILABLE);
      assertThat(server.address()).isEqualTo(address);
    }
  }

  @Test
  void whatTheServerStartsReachesAClientThatHasJustCalledDensely() throws Exception {
    CountDownLatch told = new CountDownLatch(20);
    try (Server server = serve(50);
        Client client =
            Client.builder(address)
                .service(
                    TextService.answering(
                        (request, context) -> {
                          told.countDown();
                          return request;
                        }))
                .connect()) {
      for (int round = 0; round < 20; round++) {
        for (int i = 0; i < 200; i++) {
          client.call(TALK, text("dense"), PLAIN);
        }
        // Nobody of the client's waits now: its loop must notice by itself.
        assertThat(server.peers().get(0).callAsync(TALK, text("news"), PLAIN).get())
            .isEqualTo(text("news"));
      }
      told.await();
    }
  }

  @Test
  void virtualThreadsWaitToo() throws Exception {
    java.lang.reflect.Method startVirtual;
    try {
      startVirtual = Thread.class.getMethod("startVirtualThread", Runnable.class);
    } catch (NoSuchMethodException e) {
      assumeTrue(false, "virtual threads need JDK 21");
      return;
    }
    CountDownLatch release = new CountDownLatch(1);
    AtomicInteger right = new AtomicInteger();
    try (Server server =
            serve(
                (request, context) -> {
                  if (request.getText().equals("slow")) {
                    release.await();
                  }
                  return request;
                });
        Client client = Client.connect(address)) {
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        String sent = i % 2 == 0 ? "slow" : "v" + i;
        Runnable body =
            () -> {
              if (client.call(TALK, text(sent), PLAIN).getText().equals(sent)) {
                right.incrementAndGet();
              }
            };
        threads.add((Thread) startVirtual.invoke(null, body));
      }
      assertThat(client.call(TALK, text("beside"), PLAIN)).isEqualTo(text("beside"));
      release.countDown();
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(right).hasValue(100);
      assertThat(server.peers()).hasSize(1);
    }
  }
}
