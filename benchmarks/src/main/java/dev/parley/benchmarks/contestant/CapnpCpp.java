package dev.parley.benchmarks.contestant;

import java.nio.file.Path;
import java.util.List;

/** Cap'n Proto's own RPC in C++. */
final class CapnpCpp implements Contestant {
  private static final String PROGRAM = "capnp-bench";

  private final RivalInstallation rivals;

  CapnpCpp(RivalInstallation rivals) {
    this.rivals = rivals;
  }

  @Override
  public String name() {
    return "capnp-cpp";
  }

  @Override
  public String about() {
    return "Cap'n Proto C++, two-party RPC, one event loop";
  }

  @Override
  public boolean isBuilt() {
    return rivals.hasProgram(PROGRAM);
  }

  @Override
  public List<String> server(Path socket) {
    return rivals.program(PROGRAM, "server", socket);
  }

  @Override
  public List<String> client(Path socket) {
    return rivals.program(PROGRAM, "client", socket);
  }

  @Override
  public List<String> first(Path socket) {
    return rivals.program(PROGRAM, "first", socket);
  }
}
