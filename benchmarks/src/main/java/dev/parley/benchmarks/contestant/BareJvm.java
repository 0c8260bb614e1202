package dev.parley.benchmarks.contestant;

import dev.parley.benchmarks.program.ServerProgram;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Two JVMs that wait for commands and have nothing to do with each other: what idleness costs
 * anyway. Not one of {@link Contestants}, as it carries nothing.
 */
public final class BareJvm implements Contestant {
  private final Installation installation;

  public BareJvm(Installation installation) {
    this.installation = installation;
  }

  /** Both programs. */
  public static void main(String[] words) throws IOException {
    ServerProgram.untilEndOfInput();
  }

  @Override
  public String name() {
    return "bare-jvm";
  }

  @Override
  public String about() {
    return "two JVMs that do nothing";
  }

  @Override
  public boolean isBuilt() {
    return true;
  }

  @Override
  public List<String> server(Path socket) {
    return installation.java(BareJvm.class, "server", socket);
  }

  @Override
  public List<String> client(Path socket) {
    return installation.java(BareJvm.class, "client", socket);
  }
}
