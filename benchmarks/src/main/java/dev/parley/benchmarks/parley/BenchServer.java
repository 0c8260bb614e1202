package dev.parley.benchmarks.parley;

import dev.parley.Address;
import dev.parley.Server;
import dev.parley.bench.v1.Bench;
import dev.parley.bench.v1.Blob;
import dev.parley.benchmarks.program.Arguments;
import dev.parley.rpc.CallContext;

/** The program that serves {@code parley.bench.v1.Bench}: {@code server --path P --size N}. */
public final class BenchServer {
  private BenchServer() {}

  /** A service whose reply is the request. */
  public static final class Echo implements Bench.Service {
    @Override
    public Blob echo(Blob request, CallContext context) {
      return request;
    }
  }

  public static void main(String[] words) throws Exception {
    Arguments arguments = Arguments.of(words);
    try (Server server =
        Server.builder(Address.path(arguments.path())).service(Bench.bind(new Echo())).start()) {
      System.out.println("ready");
      while (System.in.read() >= 0) {
        // Nothing is said there; only its end counts.
      }
      server.closeNow();
    }
  }
}
