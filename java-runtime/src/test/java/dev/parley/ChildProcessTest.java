package dev.parley;

import static dev.parley.TextService.TALK;
import static dev.parley.TextService.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.rpc.Code;
import dev.parley.rpc.Outcome;
import dev.parley.rpc.RpcException;
import dev.parley.test.v1.Text;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Children and their parents, each a process of its own. */
class ChildProcessTest extends OverRealSockets {
  private final LinkedBlockingQueue<String> heard = new LinkedBlockingQueue<>();

  /** A child to be, to which this side serves what notes and returns each text. */
  private ChildProcess.Builder child(String... arguments) {
    return ChildProcess.of(ChildProgram.command(arguments))
        .service(
            TextService.answering(
                (request, context) -> {
                  heard.add(request.getText());
                  return request;
                }));
  }

  @Test
  void aChildServesItsParent() throws Exception {
    try (ChildProcess child = child("serve").spawn()) {
      assertThat(child.peer().call(TALK, text("a"), PLAIN)).isEqualTo(text("a"));
      assertThat(child.peer().call(TALK, text("pid"), PLAIN))
          .isEqualTo(text(Long.toString(child.process().pid())));
      assertThat(child.peer().name()).isEqualTo("child-" + child.process().pid());
    }
  }

  @Test
  void aParentServesItsChildWhichMayCallFirst() throws Exception {
    try (ChildProcess child = child("call first").spawn()) {
      assertThat(heard.take()).isEqualTo("I was first");
      assertThat(child.process().waitFor()).isZero();
    }
  }

  @Test
  void aHandlerOfTheChildCallsBack() throws Exception {
    try (ChildProcess child = child("serve").spawn()) {
      assertThat(child.peer().call(TALK, text("call back"), PLAIN))
          .isEqualTo(text("from the child"));
      assertThat(heard).containsExactly("from the child");
    }
  }

  @Test
  void callsWaitForAChildThatIsReadyLate() throws Exception {
    Path pipe = directory.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    try (ChildProcess child = child("serve late", pipe.toString()).spawn()) {
      List<CompletableFuture<Text>> early = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        early.add(child.peer().callAsync(TALK, text("early " + i), PLAIN));
      }
      assertThat(early).noneMatch(CompletableFuture::isDone);
      Files.writeString(pipe, "go");
      for (int i = 0; i < 100; i++) {
        assertThat(early.get(i).get()).isEqualTo(text("early " + i));
      }
    }
  }

  @Test
  void aChildThatIsKilledInTheMiddleOfACallEndsIt() throws Exception {
    try (ChildProcess child = child("serve").spawn()) {
      CompletableFuture<Text> hangs = child.peer().callAsync(TALK, text("hang"), PLAIN);
      assertThat(child.peer().call(TALK, text("a"), PLAIN)).isEqualTo(text("a"));
      child.kill();
      RpcException cut = failureOf(hangs);
      assertThat(cut.code()).isEqualTo(Code.UNAVAILABLE);
      assertThat(cut.outcome()).isEqualTo(Outcome.UNKNOWN);
      assertThat(child.process().exitValue()).isEqualTo(128 + 9);
      assertThat(failureOf(child.peer().callAsync(TALK, text("b"), PLAIN)).outcome())
          .isEqualTo(Outcome.NOT_SENT);
    }
  }

  @Test
  void aChildThatEndsByItselfEndsTheCall() throws Exception {
    try (ChildProcess child = child("serve").spawn()) {
      assertThat(failureOf(child.peer().callAsync(TALK, text("die"), PLAIN)).outcome())
          .isEqualTo(Outcome.UNKNOWN);
      assertThat(child.process().waitFor()).isEqualTo(3);
    }
  }

  @Test
  void aChildThatEndsWithoutAWordLeavesCallsUnsent() throws Exception {
    RecordedLife life = new RecordedLife();
    try (ChildProcess child = child("end at once").listener(life).spawn()) {
      RpcException failure = failureOf(child.peer().callAsync(TALK, text("a"), PLAIN));
      assertThat(failure.code()).isEqualTo(Code.UNAVAILABLE);
      assertThat(failure.outcome()).isEqualTo(Outcome.NOT_SENT);
      life.await("stopped", 1);
      assertThat(life.events()).containsExactly("started", "failed", "stopped");
      assertThat(child.process().waitFor()).isEqualTo(7);
    }
  }

  @Test
  void aChildThatNeverConnectsIsGivenUpAndKilled() throws Exception {
    try (ChildProcess child =
        child("stay deaf")
            .connectTimeout(Duration.ofMillis(200))
            .exitTimeout(Duration.ofMillis(1))
            .spawn()) {
      RpcException failure = failureOf(child.peer().callAsync(TALK, text("a"), PLAIN));
      assertThat(failure.code()).isEqualTo(Code.UNAVAILABLE);
      assertThat(failure).hasMessageContaining("H-5");
      assertThat(failure.outcome()).isEqualTo(Outcome.NOT_SENT);
      child.close();
      assertThat(child.process().exitValue()).isEqualTo(128 + 9);
    }
  }

  @Test
  void aClosedConnectionEndsTheChildIfItAsked() throws Exception {
    ChildProcess child = child("serve").exitTimeout(Duration.ofMinutes(1)).spawn();
    assertThat(child.peer().call(TALK, text("a"), PLAIN)).isEqualTo(text("a"));
    child.close();
    assertThat(child.process().exitValue()).isZero();
  }

  @Test
  void aKilledParentEndsItsChildIfItAsked() throws Exception {
    Process parent =
        ChildProgram.command("spawn", "serve").redirectOutput(ProcessBuilder.Redirect.PIPE).start();
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(parent.getInputStream(), StandardCharsets.UTF_8))) {
      ProcessHandle orphan = ProcessHandle.of(Long.parseLong(out.readLine())).orElseThrow();
      parent.destroyForcibly().waitFor();
      orphan.onExit().get();
    } finally {
      parent.destroyForcibly().waitFor();
    }
  }

  @Test
  void aProcessConnectsToItsParentOnce() throws Exception {
    try (ChildProcess child = child("connect twice").spawn()) {
      assertThat(heard.take()).startsWith("false, N-10: ");
      assertThat(child.process().waitFor()).isZero();
    }
  }

  @Test
  void aProcessThatIsNoChildSaysSo() {
    assertThat(Parent.isThere()).isFalse();
    assertThatThrownBy(Parent::connect)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("N-10: PARLEY_PARENT is not set");
  }

  @Test
  void aGrandchildInheritsNothingOfTheConnection() throws Exception {
    try (ChildProcess child = child("serve").spawn()) {
      assertThat(child.peer().call(TALK, text("grandchild"), PLAIN).getText())
          .contains("/dev/null")
          .doesNotContain("socket:");
    }
  }

  @Test
  void whatAParentHasOpenReachesNoChild() throws Exception {
    try (Server server = serve(ECHO);
        Client client = Client.connect(address);
        ChildProcess first = child("serve").spawn();
        ChildProcess second = child("serve").spawn()) {
      assertThat(second.peer().call(TALK, text("a"), PLAIN)).isEqualTo(text("a"));
      assertThat(sockets(second.process().pid()))
          .isNotEmpty()
          .doesNotContainAnyElementsOf(sockets(ProcessHandle.current().pid()))
          .doesNotContainAnyElementsOf(sockets(first.process().pid()));
      first.kill();
      assertThat(second.peer().call(TALK, text("b"), PLAIN)).isEqualTo(text("b"));
      assertThat(client.call(TALK, text("c"), PLAIN)).isEqualTo(text("c"));
      assertThat(server.peers()).hasSize(1);
    }
  }

  private static List<String> sockets(long process) throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc/" + process + "/fd"))) {
      return open.map(ChildProcessTest::target).filter(t -> t.startsWith("socket:")).toList();
    }
  }

  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException e) {
      return ""; // Closed meanwhile.
    }
  }

  @Test
  void manyChildrenLeaveNoZombie() throws Exception {
    List<ChildProcess> children = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      children.add(ChildProcess.spawn(new ProcessBuilder("true")));
    }
    for (ChildProcess child : children) {
      child.close();
      assertThat(Path.of("/proc/" + child.process().pid())).doesNotExist();
    }
  }

  @Test
  void aCommandThatCannotBeRunLeavesNothing() {
    assertThatThrownBy(() -> ChildProcess.spawn(new ProcessBuilder("/no/such/program")))
        .isInstanceOf(IOException.class);
  }

  @Test
  void aRedirectedInputIsRefused() {
    ProcessBuilder command =
        new ProcessBuilder("true").redirectInput(ProcessBuilder.Redirect.INHERIT);
    assertThatThrownBy(() -> ChildProcess.spawn(command))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("N-10: ");
  }

  @Test
  void theCommandStaysAsItWas() throws Exception {
    ProcessBuilder command = new ProcessBuilder("true");
    ChildProcess.spawn(command).close();
    assertThat(command.environment()).doesNotContainKey("PARLEY_PARENT");
    assertThat(command.redirectInput()).isEqualTo(ProcessBuilder.Redirect.PIPE);
  }
}
