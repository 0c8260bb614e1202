package dev.parley.benchmarks.parley;

import dev.parley.Address;
import dev.parley.Server;
import dev.parley.bench.v1.Bench;
import dev.parley.benchmarks.program.Arguments;
import dev.parley.benchmarks.program.ServerProgram;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The program that serves {@code parley.bench.v1.Bench}: {@code server --path P}, with {@code
 * --handlers executor} on an executor of its own, with {@code --poll-micros N} polling for so long.
 */
public final class BenchServer {
  private BenchServer() {}

  public static void main(String[] words) throws Exception {
    Arguments arguments = Arguments.of(words);
    Server.Builder builder =
        Server.builder(Address.path(arguments.path()))
            .service(Bench.bind(new BenchService()))
            .maxCalls(BenchClient.MOST_CALLS)
            .maxHandlers(BenchClient.MOST_CALLS)
            .maxMessage(BenchClient.LARGEST_MESSAGE);
    arguments.polling().ifPresent(builder::busyPoll);
    ExecutorService executor = Executors.newCachedThreadPool();
    if (arguments.option("--handlers").isPresent()) {
      builder.executor(executor);
    }
    try (Server server = builder.start()) {
      ServerProgram.untilEndOfInput();
      server.closeNow();
    } finally {
      executor.shutdown();
    }
  }
}
