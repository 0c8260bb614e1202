package dev.parley;

import static dev.parley.TextService.TALK;
import static dev.parley.TextService.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.rpc.CallOptions;
import dev.parley.rpc.Code;
import dev.parley.rpc.Outcome;
import dev.parley.rpc.RpcException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Servers that are started when they are needed, and end when they are not. */
class SpinTest extends OverRealSockets {
  private static final Duration AT_ONCE = Duration.ZERO;

  private final AtomicInteger started = new AtomicInteger();
  private final Queue<Server> servers = new ConcurrentLinkedQueue<>();

  /** Starts a server here that ends when nobody has been connected for so long. */
  private SpinUp here(Duration idle) {
    return SpinUp.by(
        () -> {
          int number = started.incrementAndGet();
          servers.add(
              Server.builder(address)
                  .spinDown(idle)
                  .service(
                      TextService.answering(
                          (request, context) -> text(request.getText() + " " + number)))
                  .start());
        });
  }

  @Test
  void aServerIsStartedWhenNoneAnswersAndEndsWhenNobodyIsThere() throws Exception {
    for (int i = 1; i <= 3; i++) {
      try (Client client = Client.builder(address).spinUp(here(AT_ONCE)).connect();
          Client second = Client.builder(address).spinUp(here(AT_ONCE)).connect()) {
        assertThat(client.call(TALK, text("a"), PLAIN)).isEqualTo(text("a " + i));
        assertThat(second.call(TALK, text("b"), PLAIN)).isEqualTo(text("b " + i));
      }
      servers.remove().awaitClosed();
    }
  }

  @Test
  void aServerThatIsThereIsNotStartedAgain() throws Exception {
    try (Server server = serve(ECHO);
        Client client = Client.builder(address).spinUp(here(AT_ONCE)).connect()) {
      assertThat(client.call(TALK, text("a"), PLAIN)).isEqualTo(text("a"));
      assertThat(server.peers()).hasSize(1);
    }
    assertThat(started).hasValue(0);
  }

  @Test
  void aServerThatNobodyComesToEnds() throws Exception {
    Server.builder(address).spinDown(AT_ONCE, Duration.ofMillis(1)).start().awaitClosed();
    assertThat(directory.resolve("a.sock")).doesNotExist();
  }

  @Test
  void aServerEndsNotWhileACallRuns() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch mayEnd = new CountDownLatch(1);
    SpinUp spinUp =
        SpinUp.by(
            () ->
                servers.add(
                    Server.builder(address)
                        .spinDown(AT_ONCE)
                        .service(
                            TextService.answering(
                                (request, context) -> {
                                  running.countDown();
                                  awaitWhateverComes(mayEnd);
                                  return request;
                                }))
                        .start()));
    Client client = Client.builder(address).spinUp(spinUp).connect();
    CompletableFuture<?> call = client.callAsync(TALK, text("a"), PLAIN);
    running.await();
    client.closeNow();
    assertThat(failureOf(call)).isNotNull();
    for (int i = 0; i < 50; i++) {
      Client.connect(address).close();
    }
    mayEnd.countDown();
    servers.remove().awaitClosed();
  }

  /** As a handler may that does not care that its caller has gone. */
  private static void awaitWhateverComes(CountDownLatch latch) {
    boolean over = false;
    while (!over) {
      try {
        latch.await();
        over = true;
      } catch (InterruptedException e) {
        // It goes on all the same.
      }
    }
  }

  @Test
  void aClientOfAServerThatReturnsHasItStartedAgain() throws Exception {
    try (Client client =
        Client.builder(address)
            .spinUp(here(Duration.ofMinutes(1)))
            .reconnect(Reconnect.DEFAULT.withInitialDelay(Duration.ofMillis(1)))
            .connect()) {
      servers.remove().closeNow();
      CallOptions patient = PLAIN.withWaitForReady(true);
      assertThat(client.call(TALK, text("a"), patient)).isEqualTo(text("a 2"));
    }
    servers.remove().close();
  }

  @Test
  void aStartThatFailsIsTriedSomeTimesAndThenTold() {
    AtomicInteger tries = new AtomicInteger();
    SpinUp failing =
        SpinUp.by(
            () -> {
              tries.incrementAndGet();
              throw new IOException("no disk");
            });
    assertThatThrownBy(() -> Client.builder(address).spinUp(failing).connect())
        .isInstanceOfSatisfying(
            RpcException.class,
            e -> {
              assertThat(e.code()).isEqualTo(Code.UNAVAILABLE);
              assertThat(e.outcome()).isEqualTo(Outcome.NOT_SENT);
            })
        .hasMessageContaining("N-11: ")
        .hasMessageContaining("no disk");
    assertThat(tries).hasValue(5);
  }

  @Test
  void aCommandThatFailsIsToldWithItsCode() {
    ProcessBuilder failing = new ProcessBuilder("sh", "-c", "exit 5");
    assertThatThrownBy(() -> Client.builder(address).spinUp(failing).connect())
        .isInstanceOf(RpcException.class)
        .hasMessageContaining("N-11: ")
        .hasMessageContaining("ended with code 5");
  }

  @Test
  void aCommandThatIsNotReadyInTimeIsKilled() throws Exception {
    Path pid = directory.resolve("pid");
    ProcessBuilder deaf = new ProcessBuilder("sh", "-c", "echo $$ > " + pid + "; exec sleep 600");
    SpinUp impatient = SpinUp.command(deaf).withTimeout(Duration.ofMillis(300));
    assertThatThrownBy(() -> Client.builder(address).spinUp(impatient).connect())
        .isInstanceOf(RpcException.class)
        .hasMessageContaining("not ready within PT0.3S");
    var sleeper = ProcessHandle.of(Long.parseLong(Files.readString(pid).trim()));
    if (sleeper.isPresent()) {
      sleeper.get().onExit().get();
    }
  }

  @Test
  void closingAClientEndsItsSearch() throws Exception {
    CountDownLatch began = new CountDownLatch(1);
    Client client = Client.builder(address).spinUp(SpinUp.by(began::countDown)).connectLater();
    began.await();
    client.close();
  }

  @Test
  void anAbstractNameCannotBeLocked() {
    assertThatThrownBy(
            () -> Client.builder(Address.abstractName("spin")).spinUp(new ProcessBuilder("true")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("N-11: ");
  }

  @Test
  @Timeout(120)
  void aHundredClientsFindOneServerAtATimeAndLoseNoCall() throws Exception {
    int clients = 100;
    int rounds = 200;
    AtomicInteger starting = new AtomicInteger();
    AtomicInteger newest = new AtomicInteger();
    Queue<Throwable> faults = new ConcurrentLinkedQueue<>();
    AtomicReference<Server> last = new AtomicReference<>();
    SpinUp spinUp =
        SpinUp.by(
            () -> {
              check(starting.incrementAndGet() == 1, faults, "two servers are being started");
              int number = newest.incrementAndGet();
              try {
                last.set(
                    Server.builder(address)
                        .spinDown(Duration.ofMillis(1))
                        .service(
                            TextService.answering(
                                (request, context) -> {
                                  check(number == newest.get(), faults, "an old server serves");
                                  return request;
                                }))
                        .start());
              } finally {
                starting.decrementAndGet();
              }
            });
    // The next round begins about when the server of the one before ends.
    CyclicBarrier round =
        new CyclicBarrier(
            clients,
            () -> {
              long until = System.nanoTime() + ThreadLocalRandom.current().nextLong(2_000_000);
              while (System.nanoTime() < until) {
                Thread.onSpinWait();
              }
            });
    AtomicInteger replies = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < clients; i++) {
      Thread thread =
          new Thread(
              () -> {
                try {
                  for (int j = 0; j < rounds; j++) {
                    round.await();
                    try (Client client = Client.builder(address).spinUp(spinUp).connect()) {
                      client.call(TALK, text("a"), PLAIN);
                      replies.incrementAndGet();
                    } catch (RpcException e) {
                      faults.add(e);
                    }
                  }
                } catch (Exception e) {
                  faults.add(e);
                }
              });
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    Objects.requireNonNull(last.get()).awaitClosed();
    assertThat(faults).isEmpty();
    assertThat(replies).hasValue(clients * rounds);
    assertThat(newest.get()).isGreaterThan(1);
  }

  private static void check(boolean holds, Queue<Throwable> faults, String text) {
    if (!holds) {
      faults.add(new AssertionError(text));
    }
  }

  @Test
  void clientsOfManyProcessesHaveOneServerStarted() throws Exception {
    Path log = directory.resolve("log");
    Path socket = directory.resolve("a.sock");
    List<Process> clients = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      clients.add(
          new ProcessBuilder(
                  JavaCommand.of(SpinProgram.class, "call", socket.toString(), log.toString()))
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start());
    }
    for (Process client : clients) {
      assertThat(client.waitFor()).isZero();
    }
    List<String> pids = Files.readAllLines(log);
    assertThat(pids).hasSize(1);
    ProcessHandle.of(Long.parseLong(pids.get(0))).ifPresent(ProcessHandle::destroyForcibly);
  }
}
