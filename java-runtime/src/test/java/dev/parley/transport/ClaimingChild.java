package dev.parley.transport;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Another process that claims paths on command, one line a command and one line an answer. */
final class ClaimingChild implements Closeable {
  private final Process process;
  private final BufferedReader answers;
  private final PrintStream commands;

  private ClaimingChild(Process process) {
    this.process = process;
    this.answers =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    this.commands = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
  }

  /** The command that runs a main class of these tests in a JVM of its own. */
  static List<String> java(Class<?> main) {
    String path =
        String.join(
            ":",
            Path.of("target/classes").toAbsolutePath().toString(),
            Path.of("target/test-classes").toAbsolutePath().toString(),
            System.getProperty("java.class.path"),
            System.getProperty("jdk.module.path", ""));
    return List.of(
        ProcessHandle.current().info().command().orElse("java"),
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        "-Xmx64m",
        "-cp",
        path,
        main.getName());
  }

  static ClaimingChild start() throws IOException {
    ClaimingChild child =
        new ClaimingChild(
            new ProcessBuilder(java(ClaimingChild.class))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    child.expect("ready");
    return child;
  }

  /** Claims and listens; the answer is "claimed" or the reason of the refusal. */
  String claim(Endpoint endpoint) throws IOException {
    startClaim(endpoint);
    return answer();
  }

  void startClaim(Endpoint endpoint) {
    commands.println("claim " + ((Endpoint.UnixPath) endpoint).path());
  }

  String answer() throws IOException {
    String line = answers.readLine();
    return line == null ? "the process has ended" : line;
  }

  /** Gives the claim back, if it has it. */
  void release() throws IOException {
    commands.println("release");
    expect("released");
  }

  void kill() {
    process.destroyForcibly();
    await();
  }

  private void expect(String answer) throws IOException {
    String got = answer();
    if (!got.equals(answer)) {
      close();
      throw new IOException("wanted " + answer + ", got " + got);
    }
  }

  private void await() {
    try {
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        throw new AssertionError("the process does not end");
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
    await();
    commands.close();
    try {
      answers.close();
    } catch (IOException e) {
      // The process has ended.
    }
  }

  public static void main(String[] arguments) throws IOException {
    BufferedReader commands =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    @Nullable Listener listener = null;
    System.out.println("ready");
    for (String line = commands.readLine(); line != null; line = commands.readLine()) {
      if (line.startsWith("claim ")) {
        try {
          Path path = Path.of(line.substring("claim ".length()));
          listener = Transport.standard().listen(SocketNames.explicit(path), 16);
          System.out.println("claimed");
        } catch (TransportException e) {
          System.out.println(e.reason());
        }
      } else {
        if (listener != null) {
          listener.close();
          listener = null;
        }
        System.out.println("released");
      }
    }
  }
}
