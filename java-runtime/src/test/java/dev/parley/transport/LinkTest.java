package dev.parley.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every link promises, whichever provider carries it. */
@ExtendWith(LeaveNothingBehind.class)
class LinkTest {
  enum Kind {
    CHANNEL_AT_PATH,
    NATIVE_AT_PATH,
    NATIVE_AT_ABSTRACT_NAME;

    Transport transport() {
      return this == NATIVE_AT_PATH ? Transport.withPeerPid() : Transport.standard();
    }

    Endpoint endpoint(Path directory) throws IOException {
      return this == NATIVE_AT_ABSTRACT_NAME
          ? SocketNames.abstractName("parley-test-" + ProcessHandle.current().pid())
          : SocketNames.explicit(directory.resolve("test.sock"));
    }

    LinkPair open(Path directory) throws IOException {
      return LinkPair.open(transport(), endpoint(directory));
    }
  }

  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource
  void bytesGoBothWays(Kind kind) throws IOException {
    try (LinkPair pair = kind.open(directory)) {
      LinkPair.write(pair.client, "question");
      assertThat(LinkPair.read(pair.server, 8)).isEqualTo("question");
      LinkPair.write(pair.server, "answer");
      assertThat(LinkPair.read(pair.client, 6)).isEqualTo("answer");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aReadOfNothingReturnsAtOnce(Kind kind) throws IOException {
    try (LinkPair pair = kind.open(directory)) {
      assertThat(pair.client.read(ByteBuffer.allocate(8))).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void bothSidesKnowWhoThePeerIs(Kind kind) throws IOException {
    try (LinkPair pair = kind.open(directory)) {
      for (Link link : List.of(pair.client, pair.server)) {
        Credentials peer = link.credentials();
        assertThat(peer.isSameUser()).isTrue();
        assertThat(peer.uid()).hasValue(ProcessUser.EUID);
        assertThat(peer.isRoot()).isEqualTo(ProcessUser.EUID == 0);
        assertThat(peer.gid()).isPresent();
        if (kind != Kind.CHANNEL_AT_PATH) {
          assertThat(peer.pid()).hasValue((int) ProcessHandle.current().pid());
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void theEndIsReadAfterTheLastByte(Kind kind) throws IOException {
    try (LinkPair pair = kind.open(directory)) {
      LinkPair.write(pair.client, "goodbye");
      pair.client.close();
      assertThat(LinkPair.readToEnd(pair.server)).isEqualTo("goodbye");
      assertThat(pair.server.read(ByteBuffer.allocate(8))).isEqualTo(-1);
      assertThat(pair.server.read(ByteBuffer.allocate(8))).isEqualTo(-1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void afterItsOwnEndASideStillReads(Kind kind) throws IOException {
    try (LinkPair pair = kind.open(directory)) {
      LinkPair.write(pair.client, "last");
      pair.client.shutdownOutput();
      pair.client.shutdownOutput();
      assertThat(LinkPair.readToEnd(pair.server)).isEqualTo("last");
      LinkPair.write(pair.server, "reply");
      assertThat(LinkPair.read(pair.client, 5)).isEqualTo("reply");
      assertThatThrownBy(() -> pair.client.write(LinkPair.bytes("more")))
          .isInstanceOf(ClosedChannelException.class);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aBrokenPipeDoesNotLoseThePeersLastWords(Kind kind) throws IOException {
    try (LinkPair pair = kind.open(directory)) {
      LinkPair.write(pair.server, "you are refused");
      pair.server.close();
      assertThatThrownBy(
              () -> {
                while (true) {
                  LinkPair.write(pair.client, "are you there?");
                }
              })
          .isInstanceOf(IOException.class)
          .isNotInstanceOf(ClosedChannelException.class);
      assertThat(LinkPair.read(pair.client, 15)).isEqualTo("you are refused");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aFullSocketTakesNothingUntilThePeerReads(Kind kind) throws IOException {
    try (LinkPair pair = kind.open(directory);
        Poller poller = Poller.open()) {
      long taken = LinkPair.fill(pair.client);
      assertThat(taken).isPositive();
      List<Boolean> writable = new ArrayList<>();
      poller.add(pair.client, null).interest(false, true);
      assertThat(poller.poll(0, (registration, read, write) -> writable.add(write))).isZero();
      LinkPair.read(pair.server, (int) taken);
      poller.poll(LinkPair.PATIENCE_NANOS, (registration, read, write) -> writable.add(write));
      assertThat(writable).containsExactly(true);
      assertThat(pair.client.write(LinkPair.bytes("more"))).isEqualTo(4);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aMegabyteArrivesWhole(Kind kind) throws Exception {
    String text = "0123456789abcdef".repeat(64 * 1024);
    try (LinkPair pair = kind.open(directory)) {
      List<Throwable> failures = new ArrayList<>();
      Thread writer =
          new Thread(
              () -> {
                try {
                  LinkPair.write(pair.client, text);
                  pair.client.close(); // At once: nothing that was taken may be lost.
                } catch (IOException e) {
                  failures.add(e);
                }
              });
      writer.start();
      assertThat(LinkPair.readToEnd(pair.server).equals(text)).isTrue();
      writer.join();
      assertThat(failures).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aCloseEndsAFullLinkThatNobodyReads(Kind kind) throws IOException {
    // The extension sees to it that threads and descriptors go, too.
    try (LinkPair pair = kind.open(directory)) {
      LinkPair.fill(pair.client);
      pair.client.close();
      pair.client.close();
      assertThatThrownBy(() -> pair.client.read(ByteBuffer.allocate(1)))
          .isInstanceOf(ClosedChannelException.class);
      assertThatThrownBy(() -> pair.client.write(ByteBuffer.allocate(1)))
          .isInstanceOf(ClosedChannelException.class);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aListenerOutlivesItsLinksAndLinksOutliveTheListener(Kind kind) throws IOException {
    try (LinkPair pair = kind.open(directory)) {
      pair.listener.close();
      assertThatThrownBy(() -> pair.listener.accept()).isInstanceOf(ClosedChannelException.class);
      LinkPair.write(pair.client, "still here");
      assertThat(LinkPair.read(pair.server, 10)).isEqualTo("still here");
    }
  }

  @ParameterizedTest
  @EnumSource
  void nobodyListeningIsNotUp(Kind kind) throws IOException {
    Endpoint endpoint = kind.endpoint(directory);
    assertThatThrownBy(() -> kind.transport().connect(endpoint, LinkPair.PATIENCE_NANOS))
        .isInstanceOfSatisfying(
            TransportException.class,
            e -> assertThat(e.reason()).isEqualTo(TransportException.Reason.NOT_UP))
        .hasMessageStartingWith("N-8: " + endpoint + " is not up");
  }

  @ParameterizedTest
  @EnumSource
  void aFullQueueOfConnectionsIsWaitedForUntilTheTimeout(Kind kind) throws IOException {
    Endpoint endpoint = kind.endpoint(directory);
    List<Link> links = new ArrayList<>();
    try (Listener listener = kind.transport().listen(endpoint, 1)) {
      assertThatThrownBy(
              () -> {
                while (true) {
                  links.add(kind.transport().connect(endpoint, TimeUnit.MILLISECONDS.toNanos(20)));
                }
              })
          .isInstanceOfSatisfying(
              TransportException.class,
              e -> assertThat(e.reason()).isEqualTo(TransportException.Reason.TIMED_OUT));
      links.add(LinkPair.accept(listener));
      links.add(kind.transport().connect(endpoint, LinkPair.PATIENCE_NANOS));
    } finally {
      links.forEach(Link::close);
    }
  }

  @ParameterizedTest
  @EnumSource
  void anInterruptedConnectEndsAndKeepsTheFlag(Kind kind) throws IOException {
    Endpoint endpoint = kind.endpoint(directory);
    List<Link> links = new ArrayList<>();
    try (Listener listener = kind.transport().listen(endpoint, 1)) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(
              () -> {
                while (true) {
                  links.add(connect(kind, listener.endpoint()));
                }
              })
          .isInstanceOfSatisfying(
              TransportException.class,
              e -> assertThat(e.reason()).isEqualTo(TransportException.Reason.INTERRUPTED));
      assertThat(Thread.interrupted()).isTrue();
    } finally {
      links.forEach(Link::close);
    }
  }

  private static Link connect(Kind kind, Endpoint endpoint) throws IOException {
    return kind.transport().connect(endpoint, LinkPair.PATIENCE_NANOS);
  }

  @ParameterizedTest
  @EnumSource
  void aSecondListenerIsRefusedAndTheFirstGoesOn(Kind kind) throws IOException {
    try (LinkPair pair = kind.open(directory)) {
      Endpoint endpoint = kind.endpoint(directory);
      assertThatThrownBy(() -> kind.transport().listen(endpoint, 16))
          .isInstanceOfSatisfying(
              TransportException.class,
              e -> assertThat(e.reason()).isEqualTo(TransportException.Reason.IN_USE));
      Link another = kind.transport().connect(endpoint, 0);
      LinkPair.accept(pair.listener).close();
      another.close();
    }
  }
}
