package dev.parley;

import static dev.parley.TextService.TALK;
import static dev.parley.TextService.text;

import dev.parley.rpc.CallContext;
import dev.parley.rpc.CallOptions;
import dev.parley.test.v1.Text;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;

/** What a test's child does, by its first argument. */
final class ChildProgram {
  private ChildProgram() {}

  /** A child that does so, to be spawned. */
  static ProcessBuilder command(String... arguments) {
    return new ProcessBuilder(JavaCommand.of(ChildProgram.class, arguments))
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.INHERIT);
  }

  public static void main(String... arguments) throws Exception {
    switch (arguments[0]) {
      case "serve" -> serve();
      case "serve late" -> {
        Files.readString(Path.of(arguments[1])); // A pipe: until somebody has written to it.
        serve();
      }
      case "call first" -> callFirst();
      case "connect twice" -> connectTwice();
      case "end at once" -> System.exit(7);
      case "stay deaf" -> new CountDownLatch(1).await();
      case "spawn" -> spawn(Arrays.copyOfRange(arguments, 1, arguments.length));
      default -> throw new IllegalArgumentException(arguments[0]);
    }
  }

  private static void serve() throws Exception {
    Parent.builder()
        .service(TextService.answering(ChildProgram::answer))
        .exitWithParent()
        .connect()
        .awaitClosed();
    new CountDownLatch(1).await();
  }

  private static Text answer(Text request, CallContext context) throws Exception {
    return switch (request.getText()) {
      case "hang" -> {
        new CountDownLatch(1).await();
        yield request;
      }
      case "die" -> {
        Runtime.getRuntime().halt(3);
        yield request;
      }
      case "call back" -> context.peer().call(TALK, text("from the child"), CallOptions.DEFAULT);
      case "pid" -> text(Long.toString(ProcessHandle.current().pid()));
      case "grandchild" -> {
        Process grandchild =
            new ProcessBuilder("sh", "-c", "ls -l /proc/self/fd; cat")
                .redirectInput(ProcessBuilder.Redirect.INHERIT)
                .redirectErrorStream(true)
                .start();
        String said =
            new String(grandchild.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        yield text(said);
      }
      default -> request;
    };
  }

  private static void callFirst() throws Exception {
    try (Client parent = Parent.connect()) {
      parent.call(TALK, text("I was first"), CallOptions.DEFAULT);
    }
  }

  private static void connectTwice() {
    try (Client parent = Parent.connect()) {
      String said;
      try {
        Parent.connect();
        said = "no objection";
      } catch (IllegalStateException e) {
        said = String.valueOf(e.getMessage());
      }
      parent.call(TALK, text(Parent.isThere() + ", " + said), CallOptions.DEFAULT);
    }
  }

  /** Is a parent itself: starts a child, says which, and waits to be killed. */
  private static void spawn(String... arguments) throws Exception {
    ChildProcess child = ChildProcess.spawn(command(arguments));
    System.out.println(child.peer().call(TALK, text("pid"), CallOptions.DEFAULT).getText());
    new CountDownLatch(1).await();
  }
}
