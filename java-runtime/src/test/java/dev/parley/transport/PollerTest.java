package dev.parley.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@ExtendWith(LeaveNothingBehind.class)
class PollerTest {
  private static final ReadyHandler NOBODY =
      (registration, readable, writable) -> {
        throw new AssertionError("ready: " + registration.attachment());
      };

  @TempDir Path directory;

  /** Starts a poll in a thread of its own, and returns when it waits. */
  private static FutureTask<Integer> pollAside(Poller poller, ReadyHandler handler)
      throws InterruptedException {
    CountDownLatch started = new CountDownLatch(1);
    FutureTask<Integer> task =
        new FutureTask<>(
            () -> {
              started.countDown();
              return poller.poll(LinkPair.PATIENCE_NANOS, handler);
            });
    Thread thread = new Thread(task, "test-poll");
    thread.start();
    started.await();
    while (thread.getState() == Thread.State.NEW || !isInSelect(thread)) {
      Thread.onSpinWait();
    }
    return task;
  }

  private static boolean isInSelect(Thread thread) {
    for (StackTraceElement frame : thread.getStackTrace()) {
      if (frame.getMethodName().equals("wait") && frame.getClassName().contains("EPoll")) {
        return true;
      }
    }
    return thread.getState() == Thread.State.TERMINATED;
  }

  private static int result(FutureTask<Integer> task) throws Exception {
    return task.get(LinkPair.PATIENCE_NANOS, TimeUnit.NANOSECONDS);
  }

  @ParameterizedTest
  @EnumSource(LinkTest.Kind.class)
  void onlyWhatIsWantedIsTold(LinkTest.Kind kind) throws IOException {
    try (LinkPair pair = kind.open(directory);
        Poller poller = Poller.open()) {
      List<String> told = new ArrayList<>();
      ReadyHandler handler =
          (registration, readable, writable) ->
              told.add(registration.attachment() + " " + readable + " " + writable);
      Registration registration = poller.add(pair.server, "server");
      LinkPair.write(pair.client, "x");
      assertThat(poller.poll(0, NOBODY)).isZero();
      registration.interest(true, false);
      assertThat(poller.poll(LinkPair.PATIENCE_NANOS, handler)).isEqualTo(1);
      registration.interest(false, true);
      assertThat(poller.poll(LinkPair.PATIENCE_NANOS, handler)).isEqualTo(1);
      registration.interest(true, true);
      // By level: it is told again and again.
      assertThat(poller.poll(LinkPair.PATIENCE_NANOS, handler)).isEqualTo(1);
      assertThat(poller.poll(LinkPair.PATIENCE_NANOS, handler)).isEqualTo(1);
      registration.interest(false, false);
      assertThat(poller.poll(0, NOBODY)).isZero();
      assertThat(told)
          .containsExactly(
              "server true false", "server false true", "server true true", "server true true");
    }
  }

  @ParameterizedTest
  @EnumSource(LinkTest.Kind.class)
  void interestShownDuringAPollHoldsAtOnce(LinkTest.Kind kind) throws Exception {
    try (LinkPair pair = kind.open(directory);
        Poller poller = Poller.open()) {
      Registration registration = poller.add(pair.server, "server");
      LinkPair.write(pair.client, "x");
      List<Registration> told = new ArrayList<>();
      FutureTask<Integer> poll = pollAside(poller, (which, read, write) -> told.add(which));
      registration.interest(true, false);
      // The wake-up itself may end the poll: what counts is that no later one waits in vain.
      result(poll);
      while (told.isEmpty()) {
        poller.poll(LinkPair.PATIENCE_NANOS, (which, read, write) -> told.add(which));
      }
      assertThat(told).containsOnly(registration);
    }
  }

  @ParameterizedTest
  @EnumSource(LinkTest.Kind.class)
  void bytesThatArriveDuringAPollEndIt(LinkTest.Kind kind) throws Exception {
    try (LinkPair pair = kind.open(directory);
        Poller poller = Poller.open()) {
      poller.add(pair.server, "server").interest(true, false);
      FutureTask<Integer> poll = pollAside(poller, (which, read, write) -> {});
      LinkPair.write(pair.client, "x");
      result(poll);
      assertThat(LinkPair.read(pair.server, 1)).isEqualTo("x");
    }
  }

  @ParameterizedTest
  @EnumSource(LinkTest.Kind.class)
  void aLinkMayBeRegisteredWithTwoPollers(LinkTest.Kind kind) throws IOException {
    try (LinkPair pair = kind.open(directory);
        Poller one = Poller.open();
        Poller other = Poller.open()) {
      Registration first = one.add(pair.server, "one");
      first.interest(true, false);
      other.add(pair.server, "other").interest(true, false);
      LinkPair.write(pair.client, "x");
      List<Object> told = new ArrayList<>();
      one.poll(LinkPair.PATIENCE_NANOS, (which, read, write) -> told.add(which.attachment()));
      other.poll(LinkPair.PATIENCE_NANOS, (which, read, write) -> told.add(which.attachment()));
      first.cancel();
      assertThat(one.poll(0, NOBODY)).isZero();
      other.poll(LinkPair.PATIENCE_NANOS, (which, read, write) -> told.add(which.attachment()));
      assertThat(told).containsExactly("one", "other", "other");
      assertThatThrownBy(() -> other.add(pair.server, "again"))
          .isInstanceOf(IllegalArgumentException.class);
      one.add(pair.server, "again").interest(true, false);
      one.poll(LinkPair.PATIENCE_NANOS, (which, read, write) -> told.add(which.attachment()));
      assertThat(told).endsWith("again");
    }
  }

  @ParameterizedTest
  @EnumSource(LinkTest.Kind.class)
  void aClosedLinkDropsOutSilently(LinkTest.Kind kind) throws IOException {
    try (LinkPair pair = kind.open(directory);
        Poller poller = Poller.open()) {
      Registration registration = poller.add(pair.server, "server");
      registration.interest(true, true);
      pair.server.close();
      assertThat(poller.poll(0, NOBODY)).isZero();
      registration.interest(true, false);
      registration.cancel();
      assertThatThrownBy(() -> poller.add(pair.server, null))
          .isInstanceOf(ClosedChannelException.class);
    }
  }

  @Test
  void aCloseFreesTheDescriptorThoughNobodyPolls() throws IOException {
    try (LinkPair pair = LinkTest.Kind.CHANNEL_AT_PATH.open(directory);
        Poller idle = Poller.open();
        Poller other = Poller.open()) {
      for (Poller poller : List.of(idle, other)) {
        poller.add(pair.server, null).interest(true, false);
        poller.poll(0, NOBODY);
      }
      int before = LeaveNothingBehind.descriptors().size();
      pair.server.close();
      assertThat(LeaveNothingBehind.descriptors()).hasSize(before - 1);
    }
  }

  @Test
  void aCloseFreesTheDescriptorWhileAPollWaits() throws Exception {
    try (LinkPair pair = LinkTest.Kind.CHANNEL_AT_PATH.open(directory);
        Poller poller = Poller.open()) {
      poller.add(pair.server, null).interest(false, false);
      int before = LeaveNothingBehind.descriptors().size();
      FutureTask<Integer> poll = pollAside(poller, NOBODY);
      pair.server.close();
      assertThat(result(poll)).isZero();
      assertThat(LeaveNothingBehind.descriptors()).hasSize(before - 1);
    }
  }

  @Test
  void aWakeupEndsThePollUnderWay() throws Exception {
    try (Poller poller = Poller.open()) {
      FutureTask<Integer> poll = pollAside(poller, NOBODY);
      poller.wakeup();
      assertThat(result(poll)).isZero();
    }
  }

  @Test
  void aWakeupBeforeThePollIsNotLostAndCountsOnce() throws IOException {
    try (LinkPair pair = LinkTest.Kind.CHANNEL_AT_PATH.open(directory);
        Poller poller = Poller.open()) {
      poller.add(pair.server, null);
      poller.wakeup();
      poller.wakeup();
      // A close that has the selector used meanwhile must not swallow it.
      pair.server.close();
      assertThat(poller.poll(-1, NOBODY)).isZero();
      long start = System.nanoTime();
      assertThat(poller.poll(TimeUnit.MILLISECONDS.toNanos(5), NOBODY)).isZero();
      assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(4_000_000);
    }
  }

  @Test
  void aPollThatOnlyLooksLeavesTheWakeupForOneThatWaits() throws IOException {
    try (Poller poller = Poller.open()) {
      poller.wakeup();
      assertThat(poller.poll(0, NOBODY)).isZero();
      assertThat(poller.poll(-1, NOBODY)).isZero();
    }
  }

  @Test
  void anInterruptEndsThePollAndIsToldOnce() throws Exception {
    try (Poller poller = Poller.open()) {
      Thread.currentThread().interrupt();
      assertThat(poller.poll(-1, NOBODY)).isEqualTo(Poller.INTERRUPTED);
      assertThat(Thread.currentThread().isInterrupted()).isFalse();
      long start = System.nanoTime();
      assertThat(poller.poll(TimeUnit.MILLISECONDS.toNanos(5), NOBODY)).isZero();
      assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(4_000_000);
    }
  }

  @Test
  void anInterruptDuringThePollStillHandsOutWhatIsReady() throws IOException {
    try (LinkPair pair = LinkTest.Kind.CHANNEL_AT_PATH.open(directory);
        Poller poller = Poller.open()) {
      poller.add(pair.server, "server").interest(false, true);
      List<Object> told = new ArrayList<>();
      Thread.currentThread().interrupt();
      assertThat(poller.poll(-1, (which, read, write) -> told.add(which.attachment())))
          .isEqualTo(Poller.INTERRUPTED);
      assertThat(told).containsExactly("server");
    }
  }

  @Test
  void aPollThatOnlyLooksLeavesTheInterruptFlagAlone() throws IOException {
    try (Poller poller = Poller.open()) {
      Thread.currentThread().interrupt();
      assertThat(poller.poll(0, NOBODY)).isZero();
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void aCloseEndsThePollUnderWay() throws Exception {
    Poller poller = Poller.open();
    FutureTask<Integer> poll = pollAside(poller, NOBODY);
    poller.close();
    poller.close();
    assertThatThrownBy(() -> result(poll)).hasCauseInstanceOf(ClosedChannelException.class);
    assertThatThrownBy(() -> poller.poll(0, NOBODY)).isInstanceOf(ClosedChannelException.class);
    poller.wakeup();
  }

  @ParameterizedTest
  @EnumSource(LinkTest.Kind.class)
  void aClosedPollerLeavesItsLinksOpen(LinkTest.Kind kind) throws IOException {
    try (LinkPair pair = kind.open(directory)) {
      Poller poller = Poller.open();
      Registration registration = poller.add(pair.server, null);
      poller.close();
      registration.interest(true, true);
      registration.cancel();
      assertThatThrownBy(() -> poller.add(pair.client, null))
          .isInstanceOf(ClosedChannelException.class);
      LinkPair.write(pair.client, "x");
      assertThat(LinkPair.read(pair.server, 1)).isEqualTo("x");
    }
  }

  @Test
  void aHandlerThatThrowsLosesNothing() throws IOException {
    try (LinkPair pair = LinkTest.Kind.CHANNEL_AT_PATH.open(directory);
        Poller poller = Poller.open()) {
      poller.add(pair.server, "server").interest(false, true);
      poller.add(pair.client, "client").interest(false, true);
      assertThatThrownBy(() -> poller.poll(-1, NOBODY)).isInstanceOf(AssertionError.class);
      assertThat(poller.poll(-1, (which, read, write) -> {})).isEqualTo(2);
    }
  }

  @Test
  void linksOfStrangersAreRefused() throws IOException {
    try (Poller poller = Poller.open()) {
      assertThatThrownBy(() -> poller.add(new Stranger(), null))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  private static final class Stranger implements Link {
    @Override
    public int read(ByteBuffer buffer) {
      return -1;
    }

    @Override
    public int write(ByteBuffer buffer) {
      return 0;
    }

    @Override
    public void shutdownOutput() {}

    @Override
    public Credentials credentials() {
      return Credentials.ofThisProcess();
    }

    @Override
    public Endpoint endpoint() {
      return new Endpoint.AbstractName("stranger");
    }

    @Override
    public void close() {}
  }
}
