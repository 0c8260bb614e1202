package dev.parley.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.parley.transport.TransportException.Reason;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The claim of a path: what is refused, what is taken, and that nothing else is touched. */
@ExtendWith(LeaveNothingBehind.class)
class PathClaimTest {
  private static final int STRANGER = 12_345;

  @TempDir Path directory;

  private Path root;
  private Path space;
  private Path socket;

  @BeforeEach
  void layOut() {
    root = directory.resolve("root");
    space = root.resolve("app");
    socket = space.resolve("greeter.sock");
  }

  private Endpoint.UnixPath named() throws IOException {
    return new SocketNames(name -> name.equals("PARLEY_ROOT") ? root.toString() : null)
        .resolve("app", "greeter");
  }

  private Listener listen() throws IOException {
    return Transport.standard().listen(named(), Transport.BACKLOG);
  }

  private void isRefused(Endpoint endpoint, Reason reason, String... parts) {
    assertThatThrownBy(() -> Transport.standard().listen(endpoint, 1))
        .isInstanceOfSatisfying(
            TransportException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessageContainingAll(parts);
  }

  private void isRefused(String... parts) throws IOException {
    isRefused(named(), Reason.NOT_PERMITTED, parts);
  }

  private static void mode(Path path, String permissions) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
  }

  private static Object inode(Path path) throws IOException {
    return Files.getAttribute(path, "unix:ino", LinkOption.NOFOLLOW_LINKS);
  }

  private void makeDirectories() throws IOException {
    for (Path made : new Path[] {root, space}) {
      Files.createDirectory(made);
      mode(made, "rwx------");
    }
  }

  /** A socket that nobody listens at, as a killed server leaves one. */
  private static void leaveStaleSocket(Path path) throws IOException {
    try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      dead.bind(UnixDomainSocketAddress.of(path));
    }
  }

  @Test
  void theDirectoriesOfANameAreMadeForThisUserAlone() throws IOException {
    listen().close();
    for (Path made : new Path[] {root, space}) {
      assertThat(Files.getPosixFilePermissions(made))
          .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    }
  }

  @Test
  void aStopRemovesTheSocketAndKeepsTheLockFile() throws IOException {
    Listener listener = listen();
    assertThat(socket).exists();
    listener.close();
    assertThat(socket).doesNotExist();
    assertThat(space.resolve("greeter.lock")).exists();
    Object lock = inode(space.resolve("greeter.lock"));
    listen().close();
    assertThat(inode(space.resolve("greeter.lock"))).isEqualTo(lock);
  }

  @Test
  void aRootWithoutAParentIsRefused() throws IOException {
    root = directory.resolve("missing/root");
    isRefused("N-1: the root", "its parent is missing");
    assertThat(directory.resolve("missing")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"rwxr-x---", "rwx--x--x", "rwxrwxrwx", "r-x------"})
  void aDirectoryOfAnotherModeIsRefused(String permissions) throws IOException {
    makeDirectories();
    mode(space, permissions);
    isRefused("N-1: the space", "where 0700 is required");
    mode(space, "rwx------");
    mode(root, permissions);
    isRefused("N-1: the root", "where 0700 is required");
    mode(root, "rwx------");
    assertThat(space).isEmptyDirectory();
  }

  @Test
  void aSymbolicLinkInPlaceOfADirectoryIsRefused() throws IOException {
    Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
    mode(elsewhere, "rwx------");
    Files.createSymbolicLink(root, elsewhere);
    isRefused("N-1: the root", "is a symbolic link");
    Files.delete(root);
    Files.createDirectory(root);
    mode(root, "rwx------");
    Files.createSymbolicLink(space, elsewhere);
    isRefused("N-1: the space", "is a symbolic link");
    assertThat(elsewhere).isEmptyDirectory();
  }

  @Test
  void aDirectoryOfAnotherUserIsRefused() throws IOException {
    assumeTrue(ProcessUser.EUID == 0, "only root can make one");
    makeDirectories();
    Files.setAttribute(space, "unix:uid", STRANGER);
    isRefused("N-1: the space", "belongs to uid " + STRANGER);
    assertThatThrownBy(() -> Transport.standard().connect(named(), 0))
        .isInstanceOf(TransportException.class)
        .hasMessageContaining("belongs to uid " + STRANGER);
    Files.setAttribute(root, "unix:uid", STRANGER);
    isRefused("N-1: the root", "belongs to uid " + STRANGER);
  }

  @Test
  void aRegularFileAtThePathIsRefusedAndKept() throws IOException {
    makeDirectories();
    Files.writeString(socket, "precious");
    isRefused("N-5: ", "is a regular file, not a socket");
    assertThat(socket).hasContent("precious");
  }

  @Test
  void aSymbolicLinkAtThePathIsRefusedAndKept() throws IOException {
    makeDirectories();
    Path stale = directory.resolve("stale");
    leaveStaleSocket(stale);
    for (Path target : new Path[] {stale, directory.resolve("missing")}) {
      Files.createSymbolicLink(socket, target);
      isRefused("N-5: ", "is a symbolic link, not a socket");
      assertThat(Files.readSymbolicLink(socket)).isEqualTo(target);
      Files.delete(socket);
    }
    assertThat(stale).exists();
  }

  @Test
  void aDirectoryAtThePathIsRefusedAndKept() throws IOException {
    makeDirectories();
    Files.createDirectory(socket);
    isRefused("N-5: ", "is a directory, not a socket");
    assertThat(socket).isDirectory();
  }

  @Test
  void aFifoAtThePathIsRefusedAndKept() throws Exception {
    makeDirectories();
    assertThat(new ProcessBuilder("mkfifo", socket.toString()).start().waitFor()).isZero();
    isRefused("N-5: ", "is a fifo, not a socket");
    assertThat(socket).exists();
  }

  @Test
  void aStaleSocketOfAnotherUserIsRefusedAndKept() throws IOException {
    assumeTrue(ProcessUser.EUID == 0, "only root can make one");
    makeDirectories();
    leaveStaleSocket(socket);
    Files.setAttribute(socket, "unix:uid", STRANGER);
    isRefused("N-5: ", "belongs to uid " + STRANGER);
    assertThat(socket).exists();
  }

  @Test
  void aLockFileThatIsNoneIsRefusedAndKept() throws IOException {
    makeDirectories();
    Path lock = space.resolve("greeter.lock");
    Path target = Files.writeString(directory.resolve("target"), "precious");
    Files.createSymbolicLink(lock, target);
    isRefused("N-4: the lock file", "is a symbolic link");
    Files.delete(lock);
    Files.createDirectory(lock);
    isRefused("N-4: the lock file", "is a directory");
    assertThat(target).hasContent("precious");
  }

  @Test
  void aStaleSocketIsReplaced() throws IOException {
    makeDirectories();
    leaveStaleSocket(socket);
    try (LinkPair pair = LinkPair.open(Transport.standard(), named())) {
      LinkPair.write(pair.client, "x");
      assertThat(LinkPair.read(pair.server, 1)).isEqualTo("x");
    }
    assertThat(socket).doesNotExist();
  }

  @Test
  void aLiveServerWithoutALockIsNotReplaced() throws IOException {
    makeDirectories();
    try (ServerSocketChannel live = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      live.bind(UnixDomainSocketAddress.of(socket), 1);
      Object before = inode(socket);
      // The probes fill its queue on the way: a full queue is life, too.
      isRefused(named(), Reason.IN_USE, "N-5: ", "is in use: a server listens there");
      assertThat(inode(socket)).isEqualTo(before);
      // It serves as before.
      live.accept().close();
    }
  }

  @Test
  void aSecondClaimInThisProcessIsRefusedAndLeavesTheFirstItsLock() throws Exception {
    try (Listener first = listen();
        ClaimingChild child = ClaimingChild.start()) {
      isRefused(named(), Reason.IN_USE, "N-4: greeter", "this process serves there already");
      // Were a second descriptor of the lock file closed, the lock would be gone.
      assertThat(child.claim(first.endpoint())).isEqualTo("IN_USE");
    }
  }

  @Test
  void aNameAndItsPathShareOneLock() throws Exception {
    try (Listener first = listen();
        ClaimingChild child = ClaimingChild.start()) {
      Endpoint explicit = SocketNames.explicit(socket);
      assertThat(first.endpoint()).isNotEqualTo(explicit);
      isRefused(explicit, Reason.IN_USE, "N-4: ");
      assertThat(child.claim(explicit)).isEqualTo("IN_USE");
    }
  }

  @Test
  void anotherSpellingOfThePathSharesTheLock() throws IOException {
    try (Listener first = listen()) {
      assertThat(first.endpoint()).isEqualTo(named());
      Path alias = Files.createSymbolicLink(directory.resolve("alias"), root);
      isRefused(
          SocketNames.explicit(alias.resolve("app/greeter.sock")), Reason.IN_USE, "this process");
    }
  }

  @Test
  void aReplacedSocketIsNotRemoved() throws IOException {
    Listener first = listen();
    Files.delete(socket);
    leaveStaleSocket(socket);
    Object other = inode(socket);
    first.close();
    assertThat(inode(socket)).isEqualTo(other);
    listen().close();
    assertThat(socket).doesNotExist();
  }

  @Test
  void aReplacedLockFileIsNoLockAnyMore() throws Exception {
    try (Listener first = listen();
        ClaimingChild child = ClaimingChild.start()) {
      Files.delete(space.resolve("greeter.lock"));
      // The new file is free, but a live server still listens.
      assertThat(child.claim(first.endpoint())).isEqualTo("IN_USE");
    }
  }

  @Test
  void aMissingDirectoryOfAnExplicitPathIsNotMade() throws IOException {
    Path missing = directory.resolve("missing");
    isRefused(
        SocketNames.explicit(missing.resolve("x.sock")), Reason.NOT_PERMITTED, "N-1: ", "missing");
    assertThat(missing).doesNotExist();
  }

  @Test
  void anExplicitPathsDirectoryMustLetNobodyElseIn() throws IOException {
    Path parent = Files.createDirectory(directory.resolve("explicit"));
    Endpoint endpoint = SocketNames.explicit(parent.resolve("x.sock"));
    for (String open : new String[] {"rwxr-xr-x", "rwx--x---", "rwxrwxrwx"}) {
      mode(parent, open);
      isRefused(endpoint, Reason.NOT_PERMITTED, "N-1: ", "where 0700 is required");
    }
    assertThat(parent).isEmptyDirectory();
    mode(parent, "rwx------");
    Transport.standard().listen(endpoint, 1).close();
    Path link = Files.createSymbolicLink(directory.resolve("link"), parent);
    isRefused(
        SocketNames.explicit(link.resolve("x.sock")), Reason.NOT_PERMITTED, "is a symbolic link");
  }

  @Test
  void anInterruptEndsTheWaitForALiveServer() throws IOException {
    makeDirectories();
    try (ServerSocketChannel live = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      live.bind(UnixDomainSocketAddress.of(socket), 64);
      Thread.currentThread().interrupt();
      isRefused(named(), Reason.INTERRUPTED, "interrupted");
      assertThat(Thread.interrupted()).isTrue();
    }
    listen().close();
  }
}
