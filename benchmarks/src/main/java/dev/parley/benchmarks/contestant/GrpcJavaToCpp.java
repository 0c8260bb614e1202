package dev.parley.benchmarks.contestant;

import java.nio.file.Path;
import java.util.List;

/** A client in gRPC-Java of a native server: how a JVM starts, and what a mixed pair costs. */
final class GrpcJavaToCpp implements Contestant {
  private final RivalInstallation rivals;

  GrpcJavaToCpp(RivalInstallation rivals) {
    this.rivals = rivals;
  }

  @Override
  public String name() {
    return "grpc-java-cpp";
  }

  @Override
  public String about() {
    return "gRPC, client in Java with directExecutor, callback server in C++";
  }

  @Override
  public boolean isBuilt() {
    return rivals.hasJava() && rivals.hasProgram(GrpcCpp.PROGRAM);
  }

  @Override
  public List<String> server(Path socket) {
    return rivals.program(GrpcCpp.PROGRAM, "server", socket);
  }

  @Override
  public List<String> client(Path socket) {
    return rivals.java(GrpcJava.CLIENT, "client", socket, "--executor", "direct");
  }

  @Override
  public List<String> first(Path socket) {
    return rivals.java(GrpcJava.CLIENT, "first", socket, "--executor", "direct");
  }

  @Override
  public int warmUpMillis() {
    return GrpcJava.WARM_UP_MILLIS;
  }
}
