package dev.parley.benchmarks.run;

import dev.parley.benchmarks.contestant.Contestant;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The two processes of a contestant, connected and idle between commands. For one thread. */
public final class RunningPair implements AutoCloseable {
  private final Contestant contestant;
  private final Path socket;
  private final Conversation server;
  private final Conversation client;

  private RunningPair(
      Contestant contestant, Path socket, Conversation server, Conversation client) {
    this.contestant = contestant;
    this.socket = socket;
    this.server = server;
    this.client = client;
  }

  /** Starts the server, then the client, and waits until they are connected. */
  public static RunningPair start(Contestant contestant, Path socket) throws IOException {
    String name = contestant.name();
    Conversation server = Conversation.start(name + "'s server", contestant.server(socket));
    try {
      return new RunningPair(
          contestant,
          socket,
          server,
          Conversation.start(name + "'s client", contestant.client(socket)));
    } catch (IOException e) {
      server.close();
      throw e;
    }
  }

  public Contestant contestant() {
    return contestant;
  }

  void place(Cores cores, Placement placement) throws IOException, InterruptedException {
    cores.place(placement, client.pid(), server.pid());
  }

  /** Has the client do something; empty if it cannot. */
  public Optional<Map<String, Double>> ask(String command) throws IOException {
    return client.ask(command);
  }

  /** Has the server do something; empty if it cannot. */
  public Optional<Map<String, Double>> askServer(String command) throws IOException {
    return server.ask(command);
  }

  /**
   * Starts another client for one call: the nanoseconds from its start to its reply; empty if the
   * contestant has no such client.
   */
  public Optional<Long> first() throws IOException {
    List<String> command = contestant.first(socket);
    if (command.isEmpty()) {
      return Optional.empty();
    }
    long start = System.nanoTime();
    try (Conversation other = Conversation.spawn(contestant.name() + "'s first client", command)) {
      other.expect("done");
      return Optional.of(System.nanoTime() - start);
    }
  }

  /** What the kernel has counted of the client and of the server. */
  public List<ProcessUse> use() throws IOException {
    return List.of(ProcessUse.of(client.pid()), ProcessUse.of(server.pid()));
  }

  /** Ends the client, then the server. */
  @Override
  public void close() throws IOException {
    try {
      client.close();
    } finally {
      server.close();
    }
  }
}
