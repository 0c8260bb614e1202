package dev.parley;

import static dev.parley.TextService.TALK;
import static dev.parley.TextService.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.parley.rpc.Code;
import dev.parley.rpc.Outcome;
import dev.parley.rpc.Peer;
import dev.parley.rpc.RpcException;
import dev.parley.rpc.Status;
import dev.parley.transport.TransportException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Who gets in, where, and what is known of them. */
class AdmissionTest extends OverRealSockets {
  @Test
  void aServerMayRefuseAClientByWhatItsHelloCarries() throws Exception {
    try (Server server =
            Server.builder(address)
                .payload(ByteString.copyFromUtf8("welcome"))
                .admit(
                    applicant ->
                        applicant.payload().toStringUtf8().equals("secret")
                                && applicant.credentials().isSameUser()
                            ? Verdict.accept()
                            : Verdict.refuse(
                                Status.of(
                                    Code.UNAUTHENTICATED, "who is " + applicant.name() + "?")))
                .service(TextService.answering(ECHO))
                .start();
        Client known =
            Client.builder(address).payload(ByteString.copyFromUtf8("secret")).connect()) {
      assertThat(known.payload().toStringUtf8()).isEqualTo("welcome");
      assertThatThrownBy(() -> Client.builder(address).name("stranger").connect())
          .isInstanceOfSatisfying(
              RpcException.class,
              e -> {
                assertThat(e.code()).isEqualTo(Code.UNAUTHENTICATED);
                assertThat(e.outcome()).isEqualTo(Outcome.NOT_SENT);
                assertThat(e.status().message()).isEqualTo("who is stranger?");
              });
      assertThat(known.call(TALK, text("a"), PLAIN)).isEqualTo(text("a"));
    }
  }

  @Test
  void aServerKnowsItsClientsByIdAndWhatIsAttachedToThem() throws Exception {
    CompletableFuture<Peer> calls = new CompletableFuture<>();
    try (Server server =
            Server.builder(address)
                .admit(applicant -> Verdict.accept(applicant.name() + "'s badge"))
                .service(
                    TextService.answering(
                        (request, context) -> {
                          calls.complete(context.peer());
                          return text(String.valueOf(context.peer().attachment()));
                        }))
                .start();
        Client client = Client.builder(address).name("ada").connect()) {
      assertThat(client.call(TALK, text("a"), PLAIN)).isEqualTo(text("ada's badge"));
      Peer peer = calls.join();
      assertThat(server.peer(peer.id())).containsSame(peer);
      assertThat(server.peers()).containsExactly(peer);
      assertThat(server.peer(peer.id() + 1000)).isEmpty();
      peer.attach("another");
      assertThat(client.call(TALK, text("a"), PLAIN)).isEqualTo(text("another"));
      try (Client second = Client.connect(address)) {
        assertThat(server.peers()).hasSize(2).extracting(Peer::id).doesNotHaveDuplicates();
        assertThat(second.id()).isNotEqualTo(client.id());
      }
    }
  }

  @Test
  void aServerTakesNoMoreConnectionsThanItMay() throws Exception {
    try (Server server =
            Server.builder(address).maxConnections(1).service(TextService.answering(ECHO)).start();
        Client first = Client.connect(address)) {
      assertThatThrownBy(() -> Client.connect(address))
          .isInstanceOfSatisfying(
              RpcException.class,
              e -> {
                assertThat(e.code()).isEqualTo(Code.RESOURCE_EXHAUSTED);
                assertThat(e.outcome()).isEqualTo(Outcome.NOT_SENT);
              });
      assertThat(first.call(TALK, text("a"), PLAIN)).isEqualTo(text("a"));
      first.close();
      // The server's end of it may go a moment later.
      try (Client second = Client.builder(address).reconnect(Reconnect.DEFAULT).connectLater()) {
        assertThat(second.call(TALK, text("b"), PLAIN.withWaitForReady(true))).isEqualTo(text("b"));
      }
    }
  }

  @Test
  void whereAServerIsThereAlreadyTryStartGivesNone() throws Exception {
    try (Server server = Server.builder(address).tryStart().orElseThrow()) {
      assertThat(Server.builder(address).tryStart()).isEmpty();
      assertThat(server.peers()).isEmpty();
    }
    assertThatThrownBy(() -> Server.builder(Address.path(directory)).tryStart())
        .isInstanceOf(TransportException.class);
  }

  @Test
  void aServerForAnyUserNeedsAnAdmission() {
    assertThatThrownBy(() -> Server.builder(address).anyClientUser().start())
        .hasMessageStartingWith("H-4:");
  }

  @Test
  void silentConnectionsMakeWayForAClientThatSaysHello() throws Exception {
    try (Server server =
        Server.builder(address).maxHandshakes(2).service(TextService.answering(ECHO)).start()) {
      List<SocketChannel> silent = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        silent.add(SocketChannel.open(UnixDomainSocketAddress.of(directory.resolve("a.sock"))));
      }
      try (Client client = Client.connect(address)) {
        assertThat(client.call(TALK, text("a"), PLAIN)).isEqualTo(text("a"));
      }
      ByteBuffer first = ByteBuffer.allocate(1000);
      assertThat(silent.get(0).read(first)).as("the oldest is told").isPositive();
      assertThat(new String(first.array(), StandardCharsets.UTF_8)).contains("H-5:");
      for (SocketChannel channel : silent) {
        channel.close();
      }
    }
  }

  @Test
  void withoutAServerConnectingFailsNotSent() {
    assertThatThrownBy(() -> Client.connect(address))
        .isInstanceOfSatisfying(
            RpcException.class,
            e -> {
              assertThat(e.code()).isEqualTo(Code.UNAVAILABLE);
              assertThat(e.outcome()).isEqualTo(Outcome.NOT_SENT);
              assertThat(e.status().message()).contains("a.sock");
            });
  }

  @Test
  void aSecondServerOnALiveAddressIsRefusedAndTheFirstGoesOn() throws Exception {
    try (Server first = serve(ECHO);
        Client client = Client.connect(address)) {
      assertThatThrownBy(() -> serve(ECHO))
          .isInstanceOfSatisfying(
              TransportException.class,
              e -> assertThat(e.reason()).isEqualTo(TransportException.Reason.IN_USE));
      assertThat(client.call(TALK, text("still"), PLAIN)).isEqualTo(text("still"));
    }
  }

  @Test
  void namesThatAreNoneAreRefusedBeforeAnythingElse() {
    assertThatThrownBy(() -> Address.of("a/b"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("N-2:");
    assertThatThrownBy(() -> Address.of("a", ".hidden"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("N-2:");
  }

  @Test
  void thePeersPidIsKnownToWhoeverAsksForIt() throws Exception {
    long self = ProcessHandle.current().pid();
    try (Server server =
            Server.builder(address)
                .withPeerPid()
                .service(
                    TextService.answering(
                        (request, context) -> text(context.peer().credentials().pid().toString())))
                .start();
        Client plain = Client.connect(address);
        Client asking = Client.builder(address).withPeerPid().connect()) {
      assertThat(plain.call(TALK, text("a"), PLAIN).getText()).contains("[" + self + "]");
      assertThat(asking.call(TALK, text("a"), PLAIN).getText()).contains("[" + self + "]");
      assertThat(asking.credentials().pid()).hasValue((int) self);
      assertThat(plain.credentials().pid()).isEmpty();
    }
  }

  @Test
  void anAbstractNameIsServedWithoutAFile() throws Exception {
    Address hidden = Address.abstractName("parley-test-" + ProcessHandle.current().pid());
    try (Server server = Server.builder(hidden).service(TextService.answering(ECHO)).start();
        Client client = Client.connect(hidden)) {
      assertThat(client.call(TALK, text("a"), PLAIN)).isEqualTo(text("a"));
      assertThat(hidden.toString()).startsWith("@parley-test-");
    }
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void aNamedAddressPutsTheSocketUnderTheRootOfThisUser() throws Exception {
    Address named = Address.of("parley-test-" + ProcessHandle.current().pid(), "test");
    Path socket;
    try (Server server = Server.builder(named).service(TextService.answering(ECHO)).start();
        Client client = Client.connect(named)) {
      assertThat(client.name()).isEqualTo(named.name());
      assertThat(client.call(TALK, text("a"), PLAIN)).isEqualTo(text("a"));
      socket = ((dev.parley.transport.Endpoint.UnixPath) named.resolve()).path();
      assertThat(socket).exists();
    }
    assertThat(socket).doesNotExist();
    Files.deleteIfExists(Path.of(socket.toString().replace(".sock", ".lock")));
  }
}
