package dev.parley.conformance.play;

import dev.parley.conformance.program.Language;
import dev.parley.conformance.program.Line;
import dev.parley.conformance.program.PeerProgram;
import dev.parley.conformance.v1.Setting;
import dev.parley.conformance.wire.TimeLimit;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The programs that one lane of the run keeps alive across its cases, and the servers in them. For
 * one thread; the folder is shared with other lanes.
 */
public final class Programs implements AutoCloseable {
  private static final AtomicInteger PATHS = new AtomicInteger();

  private final String lane;
  private final Path folder;
  private final Map<String, PeerProgram> programs = new HashMap<>();
  private final Map<ServerKey, Listening> servers = new HashMap<>();

  public Programs(String lane, Path folder) {
    this.lane = lane;
    this.folder = folder;
  }

  private record ServerKey(String language, Setting setting) {}

  /** A server in a program. */
  record Listening(PeerProgram program, long handle, Path path) {}

  Path folder() {
    return folder;
  }

  /** A path for a socket that nobody has used. */
  Path newPath() {
    return folder.resolve(PATHS.incrementAndGet() + ".sock");
  }

  /** The language's program for that role, started anew if the last one is of no use any more. */
  public PeerProgram of(Language language, String role, TimeLimit limit)
      throws IOException, InterruptedException {
    String key = language.name() + " " + role;
    PeerProgram program = programs.get(key);
    if (program != null && program.isUsable()) {
      return program;
    }
    if (program != null) {
      program.kill();
    }
    PeerProgram fresh = start(language, role, limit);
    programs.put(key, fresh);
    return fresh;
  }

  /** A program beside the ones kept; the caller ends it. */
  PeerProgram start(Language language, String role, TimeLimit limit)
      throws IOException, InterruptedException {
    return new PeerProgram(language, lane + "-" + role, folder, limit);
  }

  /** A server with that setting, shared by the cases that want the same. */
  Listening server(Language language, Setting setting, TimeLimit limit)
      throws IOException, InterruptedException {
    PeerProgram program = of(language, "server", limit);
    ServerKey key = new ServerKey(language.name(), setting);
    Listening server = servers.get(key);
    if (server != null && server.program() == program) {
      return server;
    }
    Path path = newPath();
    long handle = program.newHandle();
    Line command =
        Settings.apply(
            new Line("serve").with("server", handle).with("path", path.toString()), setting);
    program.commandOk(command, limit);
    Listening fresh = new Listening(program, handle, path);
    servers.put(key, fresh);
    return fresh;
  }

  @Override
  public void close() throws IOException {
    List<PeerProgram> all = List.copyOf(programs.values());
    servers.clear();
    programs.clear();
    try {
      IOException first = null;
      for (PeerProgram program : all) {
        first = end(program, first);
      }
      if (first != null) {
        throw first;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while ending programs", e);
    }
  }

  /** Ends a program; the failure to tell, if there is one, is {@code before} or its own. */
  private static @Nullable IOException end(PeerProgram program, @Nullable IOException before)
      throws InterruptedException {
    if (!program.isUsable()) {
      program.kill();
      return before;
    }
    try {
      program.close();
      return before;
    } catch (IOException e) {
      return before == null ? e : before;
    }
  }
}
