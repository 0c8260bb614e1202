package dev.parley.benchmarks;

import dev.parley.benchmarks.contestant.Contestant;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The two processes of a contestant, connected and idle between commands. For one thread. */
final class RunningPair implements AutoCloseable {
  private static final Pattern FIGURE = Pattern.compile("\"(\\w+)\": ([0-9.]+)");
  private static final int PATIENCE_SECONDS = 120;

  private final Contestant contestant;
  private final Process server;
  private final Process client;
  private final BufferedReader answers;
  private final BufferedWriter commands;

  private RunningPair(Contestant contestant, Process server, Process client) {
    this.contestant = contestant;
    this.server = server;
    this.client = client;
    this.answers = reader(client);
    this.commands = client.outputWriter(StandardCharsets.US_ASCII);
  }

  /** Starts the server, then the client, and waits until they are connected. */
  static RunningPair start(Contestant contestant, Path folder, int size) throws IOException {
    Path socket = folder.resolve(contestant.name() + ".sock");
    Process server = spawn(contestant.server(socket, size));
    try {
      expectReady(contestant, "server", reader(server));
      Process client = spawn(contestant.client(socket, size));
      RunningPair pair = new RunningPair(contestant, server, client);
      try {
        expectReady(contestant, "client", pair.answers);
        return pair;
      } catch (IOException e) {
        client.destroyForcibly();
        throw e;
      }
    } catch (IOException e) {
      server.destroyForcibly();
      throw e;
    }
  }

  private static Process spawn(List<String> command) throws IOException {
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  private static BufferedReader reader(Process process) {
    return new BufferedReader(
        new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
  }

  private static void expectReady(Contestant contestant, String role, BufferedReader answers)
      throws IOException {
    String line = answers.readLine();
    if (!"ready".equals(line)) {
      throw new IOException("the " + role + " of " + contestant.name() + " said " + line);
    }
  }

  void place(Cores cores, Placement placement) throws IOException, InterruptedException {
    cores.place(placement, client.pid(), server.pid());
  }

  /** Measures round trips, one at a time. */
  Map<String, Double> latency(int millis) throws IOException {
    return ask("latency " + millis)
        .orElseThrow(() -> new IOException(contestant.name() + " does not measure latency"));
  }

  /** Measures how many messages go through; empty if the client does not stream. */
  Optional<Map<String, Double>> throughput(int millis, int inFlight) throws IOException {
    return ask("throughput " + millis + " " + inFlight);
  }

  private Optional<Map<String, Double>> ask(String command) throws IOException {
    commands.write(command);
    commands.newLine();
    commands.flush();
    // A contestant that stalls must not stall the run.
    CompletableFuture<Void> alarm =
        CompletableFuture.runAsync(
            client::destroyForcibly,
            CompletableFuture.delayedExecutor(PATIENCE_SECONDS, TimeUnit.SECONDS));
    String line = answers.readLine();
    alarm.cancel(false);
    if (line == null) {
      throw new IOException(
          String.format(
              "the client of %s ended, or gave no answer in %d s, at: %s",
              contestant.name(), PATIENCE_SECONDS, command));
    }
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

  /** Ends the client, then the server. */
  @Override
  public void close() throws IOException {
    end(client);
    end(server);
  }

  private static void end(Process process) throws IOException {
    process.getOutputStream().close();
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
