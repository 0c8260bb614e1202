package dev.parley.conformance.play;

import com.google.protobuf.ByteString;
import dev.parley.conformance.play.Programs.Listening;
import dev.parley.conformance.program.Language;
import dev.parley.conformance.program.Line;
import dev.parley.conformance.program.PeerProgram;
import dev.parley.conformance.v1.Case;
import dev.parley.conformance.v1.Setting;
import dev.parley.conformance.v1.Setting.Obstacle;
import dev.parley.conformance.wire.RawConnection;
import dev.parley.conformance.wire.RecordingProxy;
import dev.parley.conformance.wire.TimeLimit;
import dev.parley.conformance.wire.Trace;
import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What stands while a case is played: the programs that take part, the proxy between them, the
 * runner's own connections, and the numbers that the case uses for all of it. For one thread.
 */
final class Scene {
  /** How long the end of a case may take, however long the case itself took. */
  private static final Duration CLOSING = Duration.ofSeconds(10);

  final Case played;
  final @Nullable Language client;
  final @Nullable Language server;
  final String style;
  final Programs programs;
  final TimeLimit limit;
  final Trace trace = new Trace();
  final Scope scope;

  @Nullable PeerProgram clientProgram;
  @Nullable PeerProgram serverProgram;
  @Nullable PeerProgram ownServerProgram;
  @Nullable Listening listening;
  boolean ownListening;
  @Nullable Listening holding;
  @Nullable RecordingProxy proxy;
  @Nullable ServerSocketChannel rawListener;
  @Nullable Path rawPath;
  @Nullable RawConnection raw;
  @Nullable RawConnection witness;
  long lastId;
  final List<RawConnection> crowd = new ArrayList<>();
  private int rawConnections;
  private TimeLimit closing;

  final Map<Integer, Long> connections = new HashMap<>();
  final Map<Integer, Long> calls = new HashMap<>();

  /** The messages that the case has had sent on each call, and how many it has read. */
  final Map<Integer, List<ByteString>> sent = new HashMap<>();

  final Map<Integer, Long> read = new HashMap<>();
  @Nullable Consumer<Line> unfinished;

  Scene(
      Case played,
      @Nullable Language client,
      @Nullable Language server,
      String style,
      Programs programs,
      TimeLimit limit,
      String prefix) {
    this.played = played;
    this.client = client;
    this.server = server;
    this.style = style;
    this.programs = programs;
    this.limit = limit;
    this.closing = limit;
    this.scope = new Scope(prefix);
  }

  PeerProgram clientProgram() throws IOException, InterruptedException {
    if (clientProgram == null) {
      clientProgram = programs.of(Objects.requireNonNull(client), "client", limit);
    }
    return clientProgram;
  }

  /** The program that plays the server; one of the case's own if the case may kill it. */
  PeerProgram serverProgram() throws IOException, InterruptedException {
    if (serverProgram == null) {
      if (played.getServer().getOwnProcess()) {
        ownServerProgram = programs.start(Objects.requireNonNull(server), "own", limit);
        serverProgram = ownServerProgram;
      } else {
        serverProgram = programs.of(Objects.requireNonNull(server), "server", limit);
      }
    }
    return serverProgram;
  }

  /** The program on trial in a case with one program only. */
  PeerProgram onTrial() throws IOException, InterruptedException {
    return server != null ? serverProgram() : clientProgram();
  }

  /** Whether the case ends or troubles its server, so that it needs one of its own. */
  boolean wantsOwnServer() {
    Setting setting = played.getServer();
    return setting.getOwnProcess()
        || setting.getObstacle() != Obstacle.NOTHING
        || setting.getPathLength() > 0
        || !setting.getAddress().isEmpty()
        || played.getStepsList().stream()
            .anyMatch(
                step ->
                    step.hasServe()
                        || step.hasStopServer()
                        || step.hasAbortServer()
                        || step.hasKillServer());
  }

  RawConnection raw() {
    return Objects.requireNonNull(raw, "the case has no connection of the runner's own yet");
  }

  int nextRawConnection() {
    return ++rawConnections;
  }

  long connection(int number) {
    return Objects.requireNonNull(connections.get(number == 0 ? 1 : number), "no such connection");
  }

  long call(int number) {
    return Objects.requireNonNull(calls.get(number), "no such call");
  }

  List<ByteString> sent(int call) {
    return sent.getOrDefault(call, List.of());
  }

  /** Ends everything that the case opened; what is shared stays. */
  void close() throws IOException, InterruptedException {
    closing = TimeLimit.in(CLOSING);
    if (raw != null) {
      raw.close();
    }
    if (witness != null) {
      witness.close();
    }
    crowd.forEach(RawConnection::close);
    try {
      openGates(clientProgram);
      openGates(serverProgram);
      endConnections();
      endServer();
    } finally {
      if (proxy != null) {
        proxy.close();
      }
      if (rawListener != null) {
        rawListener.close();
      }
      if (ownServerProgram != null) {
        ownServerProgram.kill();
      }
    }
  }

  private void openGates(@Nullable PeerProgram program) throws InterruptedException {
    for (String gate : scope.held()) {
      if (program != null && program.isUsable()) {
        program.command(new Line("open-gate").with("gate", gate), closing);
      }
    }
  }

  private void endConnections() throws InterruptedException {
    PeerProgram program = clientProgram;
    if (program == null || !program.isUsable()) {
      return;
    }
    for (long handle : connections.values()) {
      program.command(new Line("abort").with("connection", handle), closing);
    }
  }

  private void endServer() throws InterruptedException {
    if (ownListening) {
      endServer(listening);
    }
    endServer(holding);
  }

  private void endServer(@Nullable Listening server) throws InterruptedException {
    if (server != null && server.program().isUsable()) {
      server.program().command(new Line("abort").with("server", server.handle()), closing);
    }
  }
}
