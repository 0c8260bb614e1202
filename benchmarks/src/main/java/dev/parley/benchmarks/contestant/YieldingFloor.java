package dev.parley.benchmarks.contestant;

import java.nio.file.Path;
import java.util.List;

/** Spinning that leaves the core to others between two looks, so that one core is enough. */
public final class YieldingFloor implements Contestant {
  private final Installation installation;

  public YieldingFloor(Installation installation) {
    this.installation = installation;
  }

  @Override
  public String name() {
    return "floor-yielding";
  }

  @Override
  public String about() {
    return "C, non-blocking read with sched_yield";
  }

  @Override
  public boolean isBuilt() {
    return installation.hasProgram("floor");
  }

  @Override
  public List<String> server(Path socket, int size) {
    return installation.program("floor", "server", socket, size, "--read", "yield");
  }

  @Override
  public List<String> client(Path socket, int size) {
    return installation.program("floor", "client", socket, size, "--read", "yield");
  }

  @Override
  public boolean streams() {
    return true;
  }
}
