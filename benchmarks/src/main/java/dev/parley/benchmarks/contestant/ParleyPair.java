package dev.parley.benchmarks.contestant;

import dev.parley.benchmarks.parley.BenchClient;
import dev.parley.benchmarks.parley.BenchServer;
import java.nio.file.Path;
import java.util.List;

/** Calls through generated stubs, from one language to another. */
public final class ParleyPair implements Contestant {
  /** A language that Parley has a runtime for. */
  public enum Language {
    JAVA("java"),
    CPP("cpp");

    private final String word;

    Language(String word) {
      this.word = word;
    }
  }

  private static final String NATIVE = "parley-bench";

  private final Installation installation;
  private final Language client;
  private final Language server;
  private final boolean onExecutor;

  /** With the defaults, which a user gets who reads nothing. */
  public ParleyPair(Installation installation, Language client, Language server) {
    this(installation, client, server, false);
  }

  private ParleyPair(
      Installation installation, Language client, Language server, boolean onExecutor) {
    this.installation = installation;
    this.client = client;
    this.server = server;
    this.onExecutor = onExecutor;
  }

  /** The same with handlers on an executor of the user's. */
  public ParleyPair onExecutor() {
    return new ParleyPair(installation, client, server, true);
  }

  /** The name of the pair with the defaults. */
  public static String name(Language client, Language server) {
    return "parley-" + client.word + "-" + server.word;
  }

  @Override
  public String name() {
    return name(client, server) + (onExecutor ? "-executor" : "");
  }

  @Override
  public String about() {
    return "Parley, "
        + client.word
        + " client, "
        + server.word
        + " server, generated stubs"
        + (onExecutor ? ", handlers on the user's executor" : "");
  }

  @Override
  public boolean isBuilt() {
    boolean needsNative = client == Language.CPP || server == Language.CPP;
    return !needsNative || installation.hasProgram(NATIVE);
  }

  @Override
  public List<String> server(Path socket) {
    String[] options = onExecutor ? new String[] {"--handlers", "executor"} : new String[0];
    return server == Language.JAVA
        ? installation.java(BenchServer.class, "server", socket, options)
        : installation.program(NATIVE, "server", socket, options);
  }

  @Override
  public List<String> client(Path socket) {
    return calling("client", socket);
  }

  @Override
  public List<String> first(Path socket) {
    return calling("first", socket);
  }

  private List<String> calling(String role, Path socket) {
    return client == Language.JAVA
        ? installation.java(BenchClient.class, role, socket)
        : installation.program(NATIVE, role, socket);
  }

  @Override
  public int warmUpMillis() {
    boolean isAllNative = client == Language.CPP && server == Language.CPP;
    return isAllNative ? 100 : 3000;
  }
}
