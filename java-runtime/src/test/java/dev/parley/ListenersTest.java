package dev.parley;

import static dev.parley.TextService.TALK;
import static dev.parley.TextService.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.parley.rpc.RpcException;
import dev.parley.rpc.UnaryHandler;
import dev.parley.test.v1.Text;
import dev.parley.transport.Access;
import dev.parley.transport.TransportException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Where servers listen: inherited and shared sockets, sockets for others, removed ones. */
class ListenersTest extends OverRealSockets {
  private Path socket() {
    return directory.resolve("a.sock");
  }

  private static void awaitReady(Process process) throws IOException {
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    assertThat(out.readLine()).isEqualTo("ready");
  }

  private static void kill(Process process) throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  private String served() {
    try (Client client = Client.connect(address)) {
      return client.call(TALK, text("pid"), PLAIN).getText();
    }
  }

  // --- Several processes ------------------------------------------------------------------------

  @Test
  void severalProcessesServeOneAddressAndOneThatIsKilledTakesNoOtherWithIt() throws Exception {
    ProcessBuilder command = JavaCommand.builder(ServerProcess.class, "serve", "inherited");
    List<Process> servers = new ArrayList<>();
    try (SharedListener shared = SharedListener.claim(address)) {
      for (int i = 0; i < 2; i++) {
        servers.add(shared.start(command));
        awaitReady(servers.get(i));
      }
      List<Client> clients = new ArrayList<>();
      String doomed = Long.toString(servers.get(0).pid());
      Set<String> pids = new HashSet<>();
      // Each of those that listen gets some, sooner or later.
      while (pids.size() < 2) {
        Client client = Client.connect(address);
        clients.add(client);
        pids.add(client.call(TALK, text("pid"), PLAIN).getText());
      }
      kill(servers.get(0));
      int others = 0;
      for (Client client : clients) {
        try {
          others += client.call(TALK, text("pid"), PLAIN).getText().equals(doomed) ? 0 : 1;
        } catch (RpcException e) {
          // It was served by the one that is gone.
        }
        client.close();
      }
      assertThat(others).isPositive();
      for (int i = 0; i < 10; i++) {
        assertThat(served()).isEqualTo(Long.toString(servers.get(1).pid()));
      }
      assertThatThrownBy(() -> serve(ECHO)).isInstanceOf(TransportException.class);
    } finally {
      for (Process server : servers) {
        kill(server);
      }
    }
    assertThat(Files.exists(socket())).isFalse();
    serve(ECHO).close();
  }

  // --- systemd ----------------------------------------------------------------------------------

  /**
   * Starts a server as systemd does, with the socket as descriptors 3 and 4. Where it is to fail,
   * its errors are in its output.
   */
  private static Process activate(SharedListener shared, String what, String environment)
      throws IOException {
    List<String> command = JavaCommand.of(ServerProcess.class, "serve", what);
    List<String> shell =
        new ArrayList<>(
            List.of(
                "sh", "-c", "exec 3<&0 4<&0 0</dev/null; " + environment + " exec \"$@\"", "sh"));
    shell.addAll(command);
    return shared.start(
        new ProcessBuilder(shell).redirectErrorStream(environment.contains("LISTEN_PID=1 ")));
  }

  @Test
  void aServerAcceptsOnTheSocketThatSystemdHandsToIt() throws Exception {
    try (SharedListener shared = SharedListener.claim(address)) {
      Process server = activate(shared, "activated", "LISTEN_PID=$$ LISTEN_FDS=1");
      try {
        awaitReady(server);
        assertThat(served()).isEqualTo(Long.toString(server.pid()));
      } finally {
        kill(server);
      }
      assertThat(Files.exists(socket())).isTrue();
    }
  }

  @Test
  void aServerPicksTheSocketByItsName() throws Exception {
    try (SharedListener shared = SharedListener.claim(address)) {
      Process server =
          activate(shared, "activated-web", "LISTEN_PID=$$ LISTEN_FDS=2 LISTEN_FDNAMES=other:web");
      try {
        awaitReady(server);
        assertThat(served()).isEqualTo(Long.toString(server.pid()));
      } finally {
        kill(server);
      }
    }
  }

  @Test
  void socketsForAnotherProcessAreNotTaken() throws Exception {
    try (SharedListener shared = SharedListener.claim(address)) {
      Process server = activate(shared, "activated", "LISTEN_PID=1 LISTEN_FDS=1");
      String output = new String(server.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(server.waitFor()).isNotZero();
      assertThat(output).contains("N-8", "LISTEN_PID is 1, and this is process " + server.pid());
    }
  }

  @Test
  void whatIsNoListeningSocketIsRefused() {
    assertThatThrownBy(() -> Server.builder(Address.inherited(0)).start())
        .isInstanceOf(TransportException.class)
        .hasMessageContaining("descriptor 0 is no listening Unix socket");
    assertThatThrownBy(() -> Address.inherited(1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Client.connect(Address.inherited(0))).isInstanceOf(RpcException.class);
  }

  // --- Sockets for others -----------------------------------------------------------------------

  private Server open(Access access) throws IOException {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    return Server.builder(address).access(access).service(TextService.answering(ECHO)).start();
  }

  private String modeOfSocket() throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(socket()));
  }

  @Test
  void aSocketForAllIsNeverSeenWithAnotherMode() throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    Set<String> modes = ConcurrentHashMap.newKeySet();
    Thread watcher =
        new Thread(
            () -> {
              while (!over.get()) {
                try {
                  modes.add(modeOfSocket());
                } catch (NoSuchFileException e) {
                  // Not yet, or between two servers.
                } catch (IOException e) {
                  modes.add(e.toString());
                }
              }
            });
    watcher.start();
    for (int i = 0; i < 50; i++) {
      try (Server server = open(Access.ALL);
          Client client = Client.connect(address)) {
        assertThat(client.call(TALK, text("a"), PLAIN)).isEqualTo(text("a"));
        assertThat(modeOfSocket()).isEqualTo("rw-rw-rw-");
        assertThat(server.address()).isEqualTo(address);
      }
    }
    over.set(true);
    watcher.join();
    assertThat(modes).isSubsetOf("rw-rw-rw-");
    try (var files = Files.list(directory)) {
      assertThat(files.map(file -> String.valueOf(file.getFileName()))).containsExactly("a.lock");
    }
  }

  @Test
  void aSocketForAGroupIsTheGroups() throws Exception {
    String group = Files.readAttributes(directory, PosixFileAttributes.class).group().getName();
    try (Server server = open(Access.group(group))) {
      assertThat(modeOfSocket()).isEqualTo("rw-rw----");
      assertThat(server.peers()).isEmpty();
    }
    assertThatThrownBy(() -> open(Access.group("no-such-group")))
        .hasMessageContaining("no group no-such-group");
    serve(ECHO, "rwx------").close();
  }

  private Server serve(UnaryHandler<Text, Text> handler, String mode) throws Exception {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(mode));
    return serve(handler);
  }

  @Test
  void aSocketForOthersNeedsAPathInADirectoryThatOthersMayNotChange() throws Exception {
    assertThatThrownBy(() -> Server.builder(Address.of("a")).access(Access.ALL).start())
        .isInstanceOf(TransportException.class)
        .hasMessageContaining("N-9");
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxr-x"));
    assertThatThrownBy(() -> Server.builder(address).access(Access.ALL).start())
        .isInstanceOf(TransportException.class)
        .hasMessageContaining("0775");
  }

  @Test
  void whoAsksForThePeersPidCanOpenNoSocketForOthers() throws Exception {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    TransportException refused =
        catchThrowableOfType(
            TransportException.class,
            () -> Server.builder(address).withPeerPid().access(Access.ALL).start());
    assertThat(refused.reason()).isEqualTo(TransportException.Reason.UNSUPPORTED);
    assertThat(Files.exists(socket())).isFalse();
  }

  // --- Removed sockets --------------------------------------------------------------------------

  private void isMissedAndRestored(boolean withPid) throws Exception {
    RecordedLife life = new RecordedLife();
    Server.Builder builder =
        Server.builder(address).listener(life).service(TextService.answering(ECHO));
    try (Server server = (withPid ? builder.withPeerPid() : builder).start();
        Client before = Client.connect(address)) {
      Files.delete(socket());
      life.await("failed", 1);
      assertThatThrownBy(() -> Client.connect(address)).isInstanceOf(RpcException.class);
      server.restoreSocket();
      try (Client after = Client.connect(address)) {
        assertThat(after.call(TALK, text("a"), PLAIN)).isEqualTo(text("a"));
        assertThat(before.call(TALK, text("b"), PLAIN)).isEqualTo(text("b"));
      }
      server.restoreSocket(); // Nothing to do.
      Files.delete(socket());
      life.await("failed", 2);
      Files.writeString(socket(), "not a socket");
      TransportException refused =
          catchThrowableOfType(TransportException.class, server::restoreSocket);
      assertThat(refused.reason()).isEqualTo(TransportException.Reason.NOT_PERMITTED);
      Files.delete(socket());
      server.restoreSocket();
      assertThat(before.call(TALK, text("c"), PLAIN)).isEqualTo(text("c"));
    }
    assertThat(Files.exists(socket())).isFalse();
    serve(ECHO).close();
  }

  @Test
  void aServerWhoseSocketIsRemovedSaysSoAndCanPutItBack() throws Exception {
    isMissedAndRestored(false);
  }

  @Test
  void soDoesOneThatJunixsocketCarries() throws Exception {
    isMissedAndRestored(true);
  }

  // --- Out of descriptors -----------------------------------------------------------------------

  @Test
  void aServerThatIsOutOfDescriptorsTakesThoseThatWaitWhenThereAreSomeAgain() throws Exception {
    List<String> command = JavaCommand.of(ServerProcess.class, "serve", socket().toString());
    List<String> shell = new ArrayList<>(List.of("sh", "-c", "ulimit -n 96; exec \"$@\"", "sh"));
    shell.addAll(command);
    Process server =
        new ProcessBuilder(shell).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    List<SocketChannel> idle = new ArrayList<>();
    try {
      awaitReady(server);
      // So that it need not open files for classes any more.
      assertThat(served()).isEqualTo(Long.toString(server.pid()));
      for (int i = 0; i < 200; i++) {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(socket()));
        idle.add(channel);
      }
      for (SocketChannel channel : idle) {
        channel.close();
      }
      assertThat(served()).isEqualTo(Long.toString(server.pid()));
    } finally {
      for (SocketChannel channel : idle) {
        channel.close();
      }
      kill(server);
    }
  }

  // --- Several in one process -------------------------------------------------------------------

  @Test
  void serversInOneProcessKnowNothingOfEachOther() throws Exception {
    Address other = Address.path(directory.resolve("b.sock"));
    try (Server first = serve((request, context) -> text("first"));
        Client one = Client.connect(address)) {
      try (Server second =
              Server.builder(other)
                  .service(TextService.answering((request, context) -> text("second")))
                  .start();
          Client two = Client.connect(other)) {
        assertThat(one.call(TALK, text(""), PLAIN)).isEqualTo(text("first"));
        assertThat(two.call(TALK, text(""), PLAIN)).isEqualTo(text("second"));
        assertThat(second.peers()).hasSize(1);
      }
      assertThat(one.call(TALK, text(""), PLAIN)).isEqualTo(text("first"));
      assertThat(first.peers()).hasSize(1);
    }
  }
}
