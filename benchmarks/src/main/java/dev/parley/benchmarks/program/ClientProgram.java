package dev.parley.benchmarks.program;

/** The main method of a client program: {@code client|first --path P ...}. */
public final class ClientProgram {
  /** Connects. */
  @FunctionalInterface
  public interface Connector {
    /** A client that is connected to the server at the path of the arguments. */
    EchoClient connect(Arguments arguments) throws Exception;
  }

  private ClientProgram() {}

  /**
   * As {@code client}, answers commands until standard input ends; as {@code first}, makes one call
   * and says {@code done}.
   */
  public static void run(String[] words, Connector connector) throws Exception {
    Arguments arguments = Arguments.of(words);
    try (EchoClient client = connector.connect(arguments)) {
      if (arguments.role().equals("first")) {
        client.call();
        System.out.println("done");
      } else {
        Commands.answer(client);
      }
    }
  }
}
