package dev.parley.benchmarks.run;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A program that answers commands, a line each, as PROGRAMS.md has it. For one thread. */
public final class Conversation implements AutoCloseable {
  private static final Pattern FIGURE = Pattern.compile("\"(\\w+)\": (-?[0-9.]+)");

  /** A program that stalls must not stall the run. */
  private static final int PATIENCE_SECONDS = 60;

  private final String name;
  private final Process process;
  private final BufferedReader answers;
  private final BufferedWriter commands;

  private Conversation(String name, Process process) {
    this.name = name;
    this.process = process;
    this.answers = process.inputReader(StandardCharsets.US_ASCII);
    this.commands = process.outputWriter(StandardCharsets.US_ASCII);
  }

  /** Starts a program, and waits for its {@code ready}. */
  public static Conversation start(String name, List<String> command) throws IOException {
    Conversation program = spawn(name, command);
    program.expect("ready");
    return program;
  }

  /** Starts a program. */
  public static Conversation spawn(String name, List<String> command) throws IOException {
    return new Conversation(
        name, new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
  }

  /** Waits for a line that must be this one. */
  public void expect(String wanted) throws IOException {
    String line = line();
    if (!wanted.equals(line)) {
      process.destroyForcibly();
      throw new IOException("said " + line + " where " + wanted + " was wanted");
    }
  }

  long pid() {
    return process.pid();
  }

  /** Gives a command; empty if the program does not support it. */
  public Optional<Map<String, Double>> ask(String command) throws IOException {
    commands.write(command);
    commands.newLine();
    commands.flush();
    String line = line();
    if (line.equals("unsupported")) {
      return Optional.empty();
    }
    Map<String, Double> figures = new TreeMap<>();
    Matcher matcher = FIGURE.matcher(line);
    while (matcher.find()) {
      figures.put(matcher.group(1), Double.valueOf(matcher.group(2)));
    }
    return Optional.of(figures);
  }

  private String line() throws IOException {
    CompletableFuture<Void> alarm =
        CompletableFuture.runAsync(
            process::destroyForcibly,
            CompletableFuture.delayedExecutor(PATIENCE_SECONDS, TimeUnit.SECONDS));
    String line = answers.readLine();
    alarm.cancel(false);
    if (line == null) {
      throw new IOException(
          name + " ended, or gave no answer in " + PATIENCE_SECONDS + " s; see its standard error");
    }
    return line;
  }

  /** Ends the program by the end of its input. */
  @Override
  public void close() throws IOException {
    try {
      commands.close();
    } catch (IOException e) {
      // It has ended by itself, and said why.
      process.destroyForcibly();
    }
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
