package dev.parley;

import static dev.parley.StreamService.CHAT;
import static dev.parley.TextService.TALK;
import static dev.parley.TextService.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.parley.rpc.BidiStream;
import dev.parley.rpc.ServiceDefinition;
import dev.parley.rpc.UnaryHandler;
import dev.parley.test.v1.Text;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Handlers on the user's own executors: however few threads these have, nobody waits for ever. */
class ExecutorsTest extends OverRealSockets {
  private final List<ExecutorService> pools = new ArrayList<>();

  private ExecutorService oneThread(String name) {
    ExecutorService pool = Executors.newSingleThreadExecutor(task -> new Thread(task, name));
    pools.add(pool);
    return pool;
  }

  @AfterEach
  void endPools() throws Exception {
    for (ExecutorService pool : pools) {
      pool.shutdown();
      assertThat(pool.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    }
  }

  private Server serve(Executor executor, ServiceDefinition service) throws Exception {
    return Server.builder(address).executor(executor).service(service).start();
  }

  private Client connect(Executor executor, UnaryHandler<Text, Text> handler) {
    return Client.builder(address)
        .executor(executor)
        .service(TextService.answering(handler))
        .connect();
  }

  /** Each side calls the other back, one level deeper each time. */
  private static final UnaryHandler<Text, Text> DEEPER =
      (request, context) -> {
        int depth = Integer.parseInt(request.getText());
        return depth == 0
            ? text("bottom")
            : context.peer().call(TALK, text(Integer.toString(depth - 1)), PLAIN);
      };

  @Test
  void handlersThatCallBackOnPoolsOfOneReachTheBottom() throws Exception {
    try (Server server = serve(oneThread("server-pool"), TextService.answering(DEEPER));
        Client client = connect(oneThread("client-pool"), DEEPER)) {
      assertThat(client.call(TALK, text("12"), PLAIN)).isEqualTo(text("bottom"));
      assertThat(server.peers()).hasSize(1);
    }
  }

  @Test
  void soDoTheyIfBothSidesShareOneThread() throws Exception {
    ExecutorService shared = oneThread("shared-pool");
    try (Server server = serve(shared, TextService.answering(DEEPER));
        Client client = connect(shared, DEEPER)) {
      assertThat(client.call(TALK, text("6"), PLAIN)).isEqualTo(text("bottom"));
      assertThat(server.peers()).hasSize(1);
      // The one thread waits for a call, in a task of the user's own.
      assertThat(shared.submit(() -> client.call(TALK, text("0"), PLAIN)).get())
          .isEqualTo(text("bottom"));
    }
  }

  @Test
  void soDoThoseThatWaitForAFutureOrAContinuationOfOne() throws Exception {
    UnaryHandler<Text, Text> deeper =
        (request, context) -> {
          int depth = Integer.parseInt(request.getText());
          if (depth == 0) {
            return text("bottom");
          }
          CompletableFuture<Text> below =
              context.peer().callAsync(TALK, text(Integer.toString(depth - 1)), PLAIN);
          return depth % 2 == 0 ? below.get() : below.thenApply(reply -> reply).get();
        };
    try (Server server = serve(oneThread("server-pool"), TextService.answering(deeper));
        Client client = connect(oneThread("client-pool"), deeper)) {
      assertThat(client.callAsync(TALK, text("8"), PLAIN).get()).isEqualTo(text("bottom"));
      assertThat(server.peers()).hasSize(1);
    }
  }

  @Test
  void aHandlerMayWaitForWhatAnotherCallDoes() throws Exception {
    CountDownLatch latch = new CountDownLatch(1);
    UnaryHandler<Text, Text> handler =
        (request, context) -> {
          if (request.getText().equals("wait")) {
            latch.await();
          } else {
            latch.countDown();
          }
          return request;
        };
    try (Server server = serve(oneThread("server-pool"), TextService.answering(handler));
        Client client = Client.connect(address)) {
      CompletableFuture<Text> waits = client.callAsync(TALK, text("wait"), PLAIN);
      assertThat(client.call(TALK, text("go"), PLAIN)).isEqualTo(text("go"));
      assertThat(waits.get()).isEqualTo(text("wait"));
      assertThat(server.peers()).hasSize(1);
    }
  }

  @Test
  void streamsOfAHandlerOnAPoolOfOneGoOn() throws Exception {
    ServiceDefinition chat =
        StreamService.chatting(
            (requests, replies, context) -> {
              for (Text request : requests) {
                replies.sendAsync(request).get();
                context.peer().call(TALK, request, PLAIN);
              }
            });
    try (Server server = serve(oneThread("server-pool"), chat);
        Client client = connect(oneThread("client-pool"), ECHO)) {
      List<BidiStream<Text, Text>> chats = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        chats.add(client.bidiStream(CHAT, PLAIN));
      }
      for (int i = 0; i < 20; i++) {
        for (BidiStream<Text, Text> each : chats) {
          each.send(text("m" + i));
          assertThat(each.nextAsync().get()).contains(text("m" + i));
        }
      }
      for (BidiStream<Text, Text> each : chats) {
        each.finishSending();
        assertThat(each.next()).isEmpty();
      }
      assertThat(server.peers()).hasSize(1);
    }
  }

  @Test
  void whileAHandlerRunsTheNextOneWaitsForItsThread() throws Exception {
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    BlockingQueue<String> threads = new LinkedBlockingQueue<>();
    UnaryHandler<Text, Text> handler =
        (request, context) -> {
          most.accumulateAndGet(running.incrementAndGet(), Math::max);
          threads.add(Thread.currentThread().getName());
          // Longer than an executor is waited for, and never asleep.
          for (long end = System.nanoTime() + 20_000_000; System.nanoTime() - end < 0; ) {
            Thread.onSpinWait();
          }
          running.decrementAndGet();
          return request;
        };
    try (Server server = serve(oneThread("server-pool"), TextService.answering(handler));
        Client client = Client.connect(address)) {
      List<CompletableFuture<Text>> calls = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        calls.add(client.callAsync(TALK, text("x"), PLAIN));
      }
      for (CompletableFuture<Text> call : calls) {
        call.get();
      }
      assertThat(most).hasValue(1);
      assertThat(threads).hasSize(10).containsOnly("server-pool");
      assertThat(server.peers()).hasSize(1);
    }
  }

  @Test
  void anExecutorThatRunsTasksOnTheThreadThatGivesThemStopsNobody() throws Exception {
    ThreadPoolExecutor full =
        new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            new ThreadPoolExecutor.CallerRunsPolicy());
    pools.add(full);
    for (Executor executor : List.<Executor>of(Runnable::run, full)) {
      try (Server server = serve(executor, TextService.answering(DEEPER));
          Client client = connect(executor, DEEPER)) {
        assertThat(client.call(TALK, text("6"), PLAIN)).isEqualTo(text("bottom"));
        assertThat(server.peers()).hasSize(1);
      }
    }
  }

  @Test
  void virtualThreadsServeHandlersThatWait() throws Exception {
    ExecutorService found = virtualThreads();
    assumeTrue(found != null, "this JDK has no virtual threads");
    ExecutorService virtual = Objects.requireNonNull(found);
    pools.add(virtual);
    CountDownLatch all = new CountDownLatch(500);
    UnaryHandler<Text, Text> handler =
        (request, context) -> {
          all.countDown();
          all.await();
          return context.peer().call(TALK, request, PLAIN);
        };
    try (Server server = serve(virtual, TextService.answering(handler));
        Client client = connect(virtual, ECHO)) {
      List<CompletableFuture<Text>> calls = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        calls.add(client.callAsync(TALK, text("v" + i), PLAIN));
      }
      for (int i = 0; i < 500; i++) {
        assertThat(calls.get(i).get()).isEqualTo(text("v" + i));
      }
      assertThat(server.peers()).hasSize(1);
    }
  }

  private static @Nullable ExecutorService virtualThreads() throws Exception {
    try {
      return (ExecutorService)
          Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    } catch (NoSuchMethodException | InvocationTargetException e) {
      return null;
    }
  }
}
