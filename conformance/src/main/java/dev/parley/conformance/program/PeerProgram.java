package dev.parley.conformance.program;

import dev.parley.conformance.wire.Mismatch;
import dev.parley.conformance.wire.TimeLimit;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A peer program that runs: a process, its commands and its answers.
 *
 * <p>For one thread, but {@link #kill} may come from any. The process ends with {@link #close}, or
 * at the latest with the runner.
 */
public final class PeerProgram implements AutoCloseable {
  private static final String GONE = "";

  private final Language language;
  private final Process process;
  private final Writer input;
  private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
  private final Path errors;
  private final Line greeting;
  private long handles;
  private String begun = "";
  private boolean usable = true;

  /**
   * @param role a word for the name of the file of its standard error
   * @param folder the runner's own folder, PARLEY_ROOT in the process
   */
  public PeerProgram(Language language, String role, Path folder, TimeLimit limit)
      throws IOException, InterruptedException {
    this.language = language;
    this.errors = folder.resolve(language.name() + "-" + role + ".log");
    ProcessBuilder builder = new ProcessBuilder(language.command());
    builder.environment().put("PARLEY_ROOT", folder.resolve("root").toString());
    builder.redirectError(ProcessBuilder.Redirect.appendTo(errors.toFile()));
    this.process = builder.start();
    this.input = process.outputWriter(StandardCharsets.UTF_8);
    BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
    Thread reader = new Thread(() -> read(output), "answers-of-" + language.name());
    reader.setDaemon(true);
    reader.start();
    this.greeting = answer("its greeting", limit);
    if (!greeting.verb().equals("peer")) {
      throw new IOException(language.name() + " began with: " + greeting);
    }
  }

  private void read(BufferedReader output) {
    try (output) {
      String line = output.readLine();
      while (line != null) {
        if (!line.isBlank()) {
          answers.add(line);
        }
        line = output.readLine();
      }
    } catch (IOException e) {
      // The process is gone.
    }
    answers.add(GONE);
  }

  public Language language() {
    return language;
  }

  public int level() {
    return (int) greeting.number("level");
  }

  public List<String> styles() {
    return List.of(greeting.word("styles").split(",", -1));
  }

  /** A number that names a server, a connection or a call in this process. */
  public long newHandle() {
    return ++handles;
  }

  /** The number of the process. */
  public long pid() {
    return process.pid();
  }

  /** Whether it can take another command: it lives, and has answered every one so far. */
  public boolean isUsable() {
    return usable && process.isAlive();
  }

  /** Gives a command and waits for its answer. */
  public Line command(Line command, TimeLimit limit) throws InterruptedException {
    begin(command);
    return finish(limit);
  }

  /** Gives a command; {@link #finish} takes its answer. */
  public void begin(Line command) {
    begun = shown(command);
    try {
      input.write(command + "\n");
      input.flush();
    } catch (IOException e) {
      usable = false;
      throw new Mismatch(describe() + " is gone: " + e.getMessage(), e);
    }
  }

  /** Takes the answer to the last command. */
  public Line finish(TimeLimit limit) throws InterruptedException {
    Line answer = answer(begun, limit);
    if (answer.verb().equals("unsupported")) {
      throw new Unsupported(language.name() + " does not offer: " + begun);
    }
    return answer;
  }

  /** Gives a command that has to succeed. */
  public Line commandOk(Line command, TimeLimit limit) throws InterruptedException {
    Line answer = command(command, limit);
    if (!answer.verb().equals("ok")) {
      throw new Mismatch(
          describe()
              + " answered "
              + shown(answer)
              + " ("
              + answer.text("message")
              + ") to "
              + shown(command));
    }
    return answer;
  }

  private Line answer(String of, TimeLimit limit) throws InterruptedException {
    @Nullable String answer = answers.poll(limit.nanos(), TimeUnit.NANOSECONDS);
    if (answer == null) {
      usable = false;
      throw new Mismatch(describe() + " gave no answer in time to " + of);
    }
    if (answer.equals(GONE)) {
      usable = false;
      throw new Mismatch(describe() + " ended instead of answering " + of);
    }
    return Line.parse(answer);
  }

  private String describe() {
    return "the program of " + language.name();
  }

  private static String shown(Line line) {
    String text = line.toString();
    return text.length() > 300 ? text.substring(0, 300) + "..." : text;
  }

  /** The end of its standard error, for a failure's report. */
  public List<String> lastErrors() throws IOException {
    List<String> lines = Files.readAllLines(errors, StandardCharsets.UTF_8);
    return lines.subList(Math.max(0, lines.size() - 20), lines.size());
  }

  /** Ends the process at once, as kill -9 does, and waits until it is gone. */
  public void kill() throws InterruptedException {
    usable = false;
    process.destroyForcibly();
    process.waitFor();
  }

  /** Ends its input, and sees that it ends of itself. */
  @Override
  public void close() throws IOException {
    usable = false;
    try {
      input.close();
    } catch (IOException e) {
      // It is gone already.
    }
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException(describe() + " did not end with its input");
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
