package dev.parley.benchmarks.rival.grpc;

import dev.parley.benchmarks.program.Arguments;
import dev.parley.benchmarks.program.ServerProgram;
import io.grpc.Server;
import java.nio.file.Files;

/**
 * The program that serves {@code parley.bench.v1.Bench} over gRPC: {@code server --path P
 * --executor direct|default}.
 */
public final class GrpcServer {
  private GrpcServer() {}

  public static void main(String[] words) throws Exception {
    Arguments arguments = Arguments.of(words);
    try (UnixTransport transport = UnixTransport.of(arguments)) {
      Server server = transport.server().addService(BenchService.definition()).build().start();
      ServerProgram.untilEndOfInput();
      server.shutdownNow().awaitTermination();
    } finally {
      // Netty leaves the file of its socket behind.
      Files.deleteIfExists(arguments.path());
    }
  }
}
