package dev.parley.benchmarks.contestant;

import dev.parley.benchmarks.parley.BenchClient;
import dev.parley.benchmarks.parley.BenchServer;
import java.nio.file.Path;
import java.util.List;

/** Blocking unary calls through generated stubs, from one language to another. */
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

  public ParleyPair(Installation installation, Language client, Language server) {
    this.installation = installation;
    this.client = client;
    this.server = server;
  }

  @Override
  public String name() {
    return "parley-" + client.word + "-" + server.word;
  }

  @Override
  public String about() {
    return "Parley, " + client.word + " client, " + server.word + " server, generated stubs";
  }

  @Override
  public boolean isBuilt() {
    boolean needsNative = client == Language.CPP || server == Language.CPP;
    return !needsNative || installation.hasProgram(NATIVE);
  }

  @Override
  public List<String> server(Path socket, int size) {
    return server == Language.JAVA
        ? installation.java(BenchServer.class, "server", socket, size)
        : installation.program(NATIVE, "server", socket, size);
  }

  @Override
  public List<String> client(Path socket, int size) {
    return client == Language.JAVA
        ? installation.java(BenchClient.class, "client", socket, size)
        : installation.program(NATIVE, "client", socket, size);
  }

  @Override
  public int warmUpMillis() {
    return isAllNative() ? 100 : 2000;
  }

  private boolean isAllNative() {
    return client == Language.CPP && server == Language.CPP;
  }

  @Override
  public boolean streams() {
    return true;
  }
}
