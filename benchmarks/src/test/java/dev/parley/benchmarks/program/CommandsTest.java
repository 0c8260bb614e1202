package dev.parley.benchmarks.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class CommandsTest {
  /** A client whose calls are answered by a thread of its own, in order. */
  private static final class Echo implements EchoClient {
    final AtomicInteger calls = new AtomicInteger();
    final AtomicInteger onTheirWay = new AtomicInteger();
    final AtomicInteger mostOnTheirWay = new AtomicInteger();
    private final Deque<Completion> pending = new ArrayDeque<>();
    private int answered;
    private final Thread answering = new Thread(this::answer, "answering");
    int bytes;
    int transferred;
    int failingFrom = Integer.MAX_VALUE;

    Echo() {
      answering.setDaemon(true);
      answering.start();
    }

    private void answer() {
      try {
        while (true) {
          Completion next;
          synchronized (pending) {
            while (pending.isEmpty()) {
              pending.wait();
            }
            next = pending.remove();
          }
          onTheirWay.decrementAndGet();
          next.done(++answered > failingFrom ? new IOException("lost") : null);
        }
      } catch (InterruptedException e) {
        return;
      }
    }

    @Override
    public void size(int size) {
      bytes = size;
    }

    @Override
    public void call() {
      calls.incrementAndGet();
    }

    @Override
    public boolean isShared() {
      return true;
    }

    @Override
    public void start(Completion completion) {
      calls.incrementAndGet();
      int now = onTheirWay.incrementAndGet();
      mostOnTheirWay.accumulateAndGet(now, Math::max);
      synchronized (pending) {
        pending.add(completion);
        pending.notifyAll();
      }
    }

    @Override
    public Future<?> sleep(int millis) {
      return CompletableFuture.completedFuture(millis);
    }

    @Override
    public void transfer(int size) {
      transferred += size;
    }

    @Override
    public void close() {
      answering.interrupt();
    }
  }

  private final Echo client = new Echo();

  @AfterEach
  void end() {
    client.close();
  }

  private String answer(String line) throws Exception {
    return Commands.answer(client, line);
  }

  @Test
  void timesAreOfAllCallsThatWereMade() throws Exception {
    assertThat(answer("latency 1"))
        .startsWith("{\"operations\": " + client.calls.get() + ",")
        .contains("\"mean_ns\"", "\"p50_ns\"", "\"p999_ns\"", "\"max_ns\"");
  }

  @Test
  void whatAClientCannotDoIsUnsupported() throws Exception {
    assertThat(answer("reentrant-latency 1")).isEqualTo("unsupported");
    assertThat(answer("dance 1")).isEqualTo("unsupported");
  }

  @Test
  void aCommandWithTooFewNumbersIsAnError() {
    assertThatThrownBy(() -> answer("callbacks 1")).hasMessageContaining("takes 2 numbers");
  }

  @Test
  void theSizeGoesToTheClient() throws Exception {
    assertThat(answer("size 4096")).isEqualTo("{}");
    assertThat(client.bytes).isEqualTo(4096);
  }

  @Test
  void completionsIssueCallsAndKeepAsManyOnTheirWay() {
    client.failingFrom = 1000;
    assertThatThrownBy(() -> answer("callbacks 600000 8")).hasMessage("lost");
    assertThat(client.calls.get()).isEqualTo(1000 + 8);
    assertThat(client.mostOnTheirWay.get()).isLessThanOrEqualTo(8);
    assertThat(client.onTheirWay.get()).isZero();
  }

  @Test
  void aProducerWaitsForRoom() {
    client.failingFrom = 1000;
    assertThatThrownBy(() -> answer("producer 600000 8")).hasMessage("lost");
    // More than those on their way, as the failure may be seen only after their rooms are taken.
    assertThat(client.calls.get()).isGreaterThanOrEqualTo(1000);
    assertThat(client.mostOnTheirWay.get()).isBetween(1, 8);
    assertThat(client.onTheirWay.get()).isZero();
  }

  @Test
  void aRateIsOfAllCallsThatWereAnswered() throws Exception {
    assertThat(answer("callbacks 5 8")).startsWith("{\"operations\": " + client.calls.get() + ",");
    int before = client.calls.get();
    assertThat(answer("producer 5 8"))
        .startsWith("{\"operations\": " + (client.calls.get() - before) + ",");
  }

  @Test
  void callersAreCountedOneByOne() throws Exception {
    assertThat(answer("callers 5 3"))
        .contains("\"fewest\"", "\"most\"", "\"operations_per_second\"", "\"p99_ns\"");
  }

  @Test
  void oneCallerNeedsNoSharedClient() throws Exception {
    EchoClient single =
        new EchoClient() {
          @Override
          public void size(int bytes) {}

          @Override
          public void call() {}

          @Override
          public void close() {}
        };
    assertThat(Commands.answer(single, "callers 1 1")).contains("\"fewest\"");
    assertThat(Commands.answer(single, "callers 1 2")).isEqualTo("unsupported");
  }

  @Test
  void callsBesideATransferGoOnWhileThereIsOne() throws Exception {
    assertThat(answer("beside-transfer 5 1000"))
        .contains("\"transferred_bytes\": " + client.transferred);
    assertThat(client.transferred).isPositive();
  }

  @Test
  void callsBesideASleeperAreTimed() throws Exception {
    assertThat(answer("beside-sleep 1 50")).contains("\"p50_ns\"");
    assertThat(client.calls.get()).isPositive();
  }

  @Test
  void pacedCallsAreAsManyAsTheRateSays() throws Exception {
    assertThat(answer("paced 20 1000")).startsWith("{\"operations\": 20,");
    assertThat(answer("calls 7")).isEqualTo("{\"operations\": 7}");
    assertThat(client.calls.get()).isEqualTo(27);
  }

  @Test
  void theHeapIsMeasured() throws Exception {
    assertThat(answer("memory")).matches("\\{\"heap_bytes\": [1-9]\\d*}");
  }
}
