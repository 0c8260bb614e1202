package dev.parley.benchmarks.contestant;

import java.nio.file.Path;
import java.util.List;

/** gRPC-Java at both ends, with one of the two executors that its users choose from. */
final class GrpcJava implements Contestant {
  /** Where callbacks and handlers run. */
  enum Executor {
    /** On the event loop: the fastest, and only for code that never blocks. */
    DIRECT("direct", "directExecutor"),
    /** On gRPC's own pool: what a user gets who says nothing. */
    DEFAULT("default", "the default executor");

    private final String word;
    private final String about;

    Executor(String word, String about) {
      this.word = word;
      this.about = about;
    }
  }

  /** From a cold start it takes so long until its rate rises no more, on two cores. */
  static final int WARM_UP_MILLIS = 10_000;

  static final String CLIENT = "dev.parley.benchmarks.rival.grpc.GrpcClient";
  private static final String SERVER = "dev.parley.benchmarks.rival.grpc.GrpcServer";

  private final RivalInstallation rivals;
  private final Executor executor;

  GrpcJava(RivalInstallation rivals, Executor executor) {
    this.rivals = rivals;
    this.executor = executor;
  }

  @Override
  public String name() {
    return "grpc-java-" + executor.word;
  }

  @Override
  public String about() {
    return "gRPC-Java, Netty's epoll transport, " + executor.about;
  }

  @Override
  public boolean isBuilt() {
    return rivals.hasJava();
  }

  @Override
  public List<String> server(Path socket) {
    return rivals.java(SERVER, "server", socket, "--executor", executor.word);
  }

  @Override
  public List<String> client(Path socket) {
    return rivals.java(CLIENT, "client", socket, "--executor", executor.word);
  }

  @Override
  public List<String> first(Path socket) {
    return rivals.java(CLIENT, "first", socket, "--executor", executor.word);
  }

  @Override
  public int warmUpMillis() {
    return WARM_UP_MILLIS;
  }
}
