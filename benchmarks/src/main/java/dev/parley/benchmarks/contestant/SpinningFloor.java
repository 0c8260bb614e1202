package dev.parley.benchmarks.contestant;

import java.nio.file.Path;
import java.util.List;

/** The least that a socket allows: both C programs spin, and each needs a core of its own. */
public final class SpinningFloor implements Contestant {
  private final Installation installation;

  public SpinningFloor(Installation installation) {
    this.installation = installation;
  }

  @Override
  public String name() {
    return "floor-spinning";
  }

  @Override
  public String about() {
    return "C, spinning on a non-blocking read";
  }

  @Override
  public boolean isBuilt() {
    return installation.hasProgram("floor");
  }

  @Override
  public List<String> server(Path socket, int size) {
    return installation.program("floor", "server", socket, size, "--read", "spin");
  }

  @Override
  public List<String> client(Path socket, int size) {
    return installation.program("floor", "client", socket, size, "--read", "spin");
  }

  @Override
  public boolean needsOwnCores() {
    return true;
  }

  @Override
  public boolean streams() {
    return true;
  }
}
