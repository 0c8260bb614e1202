package dev.parley.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@ExtendWith(LeaveNothingBehind.class)
class CredentialsTest {
  private static final int NOBODY = 65_534;

  @TempDir Path directory;

  @Test
  void aNameAloneTellsWhetherThePeerIsTheSameUser() {
    Credentials same = named(ProcessUser.NAME);
    assertThat(same.isSameUser()).isTrue();
    assertThat(same.isRoot()).isEqualTo(ProcessUser.NAME.equals("root"));
    Credentials other = named("somebody-else");
    assertThat(other.isSameUser()).isFalse();
    assertThat(other.isRoot()).isFalse();
    assertThat(named("root").isRoot()).isTrue();
    assertThat(named("").isSameUser()).isFalse();
    assertThat(named("").isRoot()).isFalse();
  }

  private static Credentials named(String user) {
    return new Credentials(OptionalLong.empty(), OptionalLong.empty(), OptionalInt.empty(), user);
  }

  @Test
  void aNumberCountsMoreThanAName() {
    Credentials peer =
        new Credentials(
            OptionalLong.of(ProcessUser.EUID + 1),
            OptionalLong.empty(),
            OptionalInt.empty(),
            ProcessUser.NAME);
    assertThat(peer.isSameUser()).isFalse();
    assertThat(peer.isRoot()).isFalse();
  }

  @Test
  void namesAreLookedUpInTheAccountFile() throws Exception {
    Path accounts =
        Files.writeString(directory.resolve("passwd"), "a:x:7:8::/:\nbad\n12:x:9:9:::\n");
    assertThat(ProcessUser.idOf("a", accounts)).hasValue(7);
    assertThat(ProcessUser.idOf("12", accounts)).hasValue(9);
    assertThat(ProcessUser.idOf("1234", accounts)).hasValue(1234);
    assertThat(ProcessUser.idOf("b", accounts)).isEmpty();
    assertThat(ProcessUser.idOf("bad", accounts)).isEmpty();
    assertThat(ProcessUser.idOf("99999999999", accounts)).isEmpty();
    assertThat(ProcessUser.idOf("5", directory.resolve("missing"))).hasValue(5);
  }

  @Test
  void thisProcessIsItself() {
    assertThat(Credentials.ofThisProcess().isSameUser()).isTrue();
    assertThat(Credentials.ofThisProcess().toString())
        .isEqualTo(
            "uid %d (%s), pid %d",
            ProcessUser.EUID, ProcessUser.NAME, ProcessHandle.current().pid());
  }

  @ParameterizedTest
  @EnumSource(
      value = LinkTest.Kind.class,
      names = {"CHANNEL_AT_PATH", "NATIVE_AT_ABSTRACT_NAME"})
  void aPeerOfAnotherUserIsSeenAsSuch(LinkTest.Kind kind) throws Exception {
    assumeTrue(ProcessUser.EUID == 0, "only root can act as another user");
    assumeTrue(Files.exists(Path.of("/usr/bin/setpriv")), "needs setpriv");
    assumeTrue(Files.exists(Path.of("/usr/bin/perl")), "needs perl");
    Endpoint endpoint = kind.endpoint(directory);
    try (Listener listener = kind.transport().listen(endpoint, 1)) {
      Files.setAttribute(directory, "unix:mode", 0755);
      String address = "\0" + endpoint.toString().substring(1);
      if (endpoint instanceof Endpoint.UnixPath path) {
        address = path.path().toString();
        Files.setAttribute(path.path(), "unix:mode", 0777);
      }
      Process stranger =
          new ProcessBuilder(
                  "setpriv",
                  "--reuid=" + NOBODY,
                  "--regid=" + NOBODY,
                  "--clear-groups",
                  "perl",
                  "-MSocket",
                  "-e",
                  "socket(S, PF_UNIX, SOCK_STREAM, 0); $a = pack('S a*', AF_UNIX, pack('H*', "
                      + "shift)); connect(S, $a) or die \"connect: $!\"; <STDIN>",
                  hex(address))
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      try {
        Link link = LinkPair.accept(listener);
        assertThat(link.credentials().uid()).hasValue(NOBODY);
        assertThat(link.credentials().isSameUser()).isFalse();
        assertThat(link.credentials().isRoot()).isFalse();
        link.close();
      } finally {
        stranger.destroyForcibly().waitFor();
      }
    }
  }

  private static String hex(String text) {
    StringBuilder hex = new StringBuilder();
    text.chars().forEach(c -> hex.append(String.format("%02x", c)));
    return hex.toString();
  }
}
