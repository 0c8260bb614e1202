package dev.parley.benchmarks.contestant;

import java.nio.file.Path;
import java.util.List;

/** The floor that every ratio is taken to: two C programs and the kernel's blocking read. */
public final class BlockingFloor implements Contestant {
  private final Installation installation;

  public BlockingFloor(Installation installation) {
    this.installation = installation;
  }

  @Override
  public String name() {
    return "floor-blocking";
  }

  @Override
  public String about() {
    return "C, blocking read";
  }

  @Override
  public boolean isBuilt() {
    return installation.hasProgram("floor");
  }

  @Override
  public List<String> server(Path socket, int size) {
    return installation.program("floor", "server", socket, size, "--read", "blocking");
  }

  @Override
  public List<String> client(Path socket, int size) {
    return installation.program("floor", "client", socket, size, "--read", "blocking");
  }

  @Override
  public boolean streams() {
    return true;
  }
}
