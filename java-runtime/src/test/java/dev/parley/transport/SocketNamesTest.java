package dev.parley.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SocketNamesTest {
  @TempDir Path filesystem;

  private final Map<String, String> environment = new HashMap<>();

  private SocketNames names(long euid) {
    return new SocketNames(environment::get, filesystem, euid);
  }

  private SocketNames names() {
    return names(ProcessUser.EUID);
  }

  private static void isInvalid(ThrowingCallable call, String message) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            TransportException.class,
            e -> assertThat(e.reason()).isEqualTo(TransportException.Reason.INVALID_ADDRESS))
        .hasMessageStartingWith(message);
  }

  @Test
  void aNameIsASocketInItsSpace() throws Exception {
    environment.put("PARLEY_ROOT", "/srv/parley");
    Endpoint.UnixPath endpoint = names().resolve("app", "greeter");
    assertThat(endpoint.path()).isEqualTo(Path.of("/srv/parley/app/greeter.sock"));
    assertThat(endpoint).hasToString("greeter (/srv/parley/app/greeter.sock)");
  }

  @Test
  void theRootIsFoundByTheFirstDirectoryOfOurs() throws Exception {
    Path tmp = filesystem.resolve("tmp/parley-" + ProcessUser.EUID);
    assertThat(names().root()).isEqualTo(tmp);

    Path run = filesystem.resolve("run/user/" + ProcessUser.EUID);
    Files.createDirectories(run);
    assertThat(names().root()).isEqualTo(run.resolve("parley"));

    Path session = Files.createDirectory(filesystem.resolve("session"));
    environment.put("XDG_RUNTIME_DIR", session.toString());
    assertThat(names().root()).isEqualTo(session.resolve("parley"));

    environment.put("PARLEY_ROOT", "/chosen");
    assertThat(names().root()).isEqualTo(Path.of("/chosen"));
  }

  @Test
  void aSessionDirectoryOfAnotherUserIsPassedOver() throws Exception {
    environment.put("XDG_RUNTIME_DIR", filesystem.toString());
    assertThat(names(ProcessUser.EUID + 1).root())
        .isEqualTo(filesystem.resolve("tmp/parley-" + (ProcessUser.EUID + 1)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "relative", "/nowhere/at/all"})
  void aSessionDirectoryThatIsNoneIsPassedOver(String session) throws Exception {
    environment.put("XDG_RUNTIME_DIR", session);
    assertThat(names().root()).isEqualTo(filesystem.resolve("tmp/parley-" + ProcessUser.EUID));
  }

  @Test
  void anEmptyVariableCountsAsUnset() throws Exception {
    environment.put("PARLEY_ROOT", "");
    assertThat(names().root()).isEqualTo(filesystem.resolve("tmp/parley-" + ProcessUser.EUID));
  }

  @Test
  void aRelativeRootIsAnError() {
    environment.put("PARLEY_ROOT", "parley");
    isInvalid(() -> names().resolve("app", "greeter"), "N-1: PARLEY_ROOT must be an absolute path");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "..",
        ".hidden",
        "a/b",
        "../up",
        "a\0b",
        "a b",
        "a\n",
        "grüße",
        "greeter\u0301",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      })
  void aNameOrSpaceOfAnotherFormIsRefused(String name) {
    isInvalid(() -> names().resolve("app", name), "N-2: name \"");
    isInvalid(() -> names().resolve(name, "greeter"), "N-2: space \"");
    isInvalid(() -> SocketNames.abstractName(name), "N-2: name \"");
  }

  @Test
  void aHostileNameIsShownOnOneLine() {
    assertThatThrownBy(() -> names().resolve("app", "a\n\u001b[31mred"))
        .hasMessageContaining("\"a\\x0a\\x1b[31mred\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a",
        "_",
        "-",
        "Greeter-2",
        "a.b_c",
        "9",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      })
  void aNameOfTheFormIsTaken(String name) throws Exception {
    environment.put("PARLEY_ROOT", "/r");
    assertThat(names().resolve("app", name).name()).isEqualTo(name);
  }

  @Test
  void aPathOf100BytesIsTakenAnd101AreNot() throws Exception {
    Path longest = Path.of("/" + "p".repeat(99));
    assertThat(SocketNames.explicit(longest).path()).isEqualTo(longest);
    isInvalid(
        () -> SocketNames.explicit(Path.of("/" + "p".repeat(100))),
        "N-1: path of 101 bytes is over the limit of 100: /ppp");
    environment.put("PARLEY_ROOT", "/" + "r".repeat(84));
    assertThat(names().resolve("app", "hello").path().toString()).hasSize(100);
    isInvalid(() -> names().resolve("app", "hello1"), "N-1: path of 101 bytes");
  }

  @Test
  void anExplicitPathMustNameAFile() {
    isInvalid(() -> SocketNames.explicit(Path.of("/")), "N-1: \"/\" names no socket file");
    isInvalid(() -> SocketNames.explicit(Path.of("/tmp/..")), "N-1: ");
  }

  @Test
  void theLockOfANameAndOfItsPathIsOne() throws Exception {
    environment.put("PARLEY_ROOT", "/r");
    Path named = names().resolve("app", "greeter").path();
    assertThat(SocketNames.lockPath(named)).isEqualTo(Path.of("/r/app/greeter.lock"));
    assertThat(SocketNames.lockPath(SocketNames.explicit(named).path()))
        .isEqualTo(Path.of("/r/app/greeter.lock"));
    assertThat(SocketNames.lockPath(Path.of("/r/plain"))).isEqualTo(Path.of("/r/plain.lock"));
  }
}
