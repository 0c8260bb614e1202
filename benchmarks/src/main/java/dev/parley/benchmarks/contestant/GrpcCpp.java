package dev.parley.benchmarks.contestant;

import java.nio.file.Path;
import java.util.List;

/** gRPC C++ at both ends. */
final class GrpcCpp implements Contestant {
  static final String PROGRAM = "grpc-bench";

  private final RivalInstallation rivals;

  GrpcCpp(RivalInstallation rivals) {
    this.rivals = rivals;
  }

  @Override
  public String name() {
    return "grpc-cpp";
  }

  @Override
  public String about() {
    return "gRPC C++, callback server";
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
