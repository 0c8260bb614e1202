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

  /** What a user may set. */
  private enum Setting {
    DEFAULTS("", ""),
    EXECUTOR("-executor", ", handlers on the user's executor"),
    NO_POLLING("-no-polling", ", polling switched off");

    private final String suffix;
    private final String about;

    Setting(String suffix, String about) {
      this.suffix = suffix;
      this.about = about;
    }
  }

  private static final String NATIVE = "parley-bench";

  private final Installation installation;
  private final Language client;
  private final Language server;
  private final Setting setting;

  /** With the defaults, which a user gets who reads nothing. */
  public ParleyPair(Installation installation, Language client, Language server) {
    this(installation, client, server, Setting.DEFAULTS);
  }

  private ParleyPair(Installation installation, Language client, Language server, Setting setting) {
    this.installation = installation;
    this.client = client;
    this.server = server;
    this.setting = setting;
  }

  /** The same with handlers on an executor of the user's. */
  public ParleyPair onExecutor() {
    return new ParleyPair(installation, client, server, Setting.EXECUTOR);
  }

  /** The same where readers sleep at once. */
  public ParleyPair withoutPolling() {
    return new ParleyPair(installation, client, server, Setting.NO_POLLING);
  }

  /** The name of the pair with the defaults. */
  public static String name(Language client, Language server) {
    return "parley-" + client.word + "-" + server.word;
  }

  @Override
  public String name() {
    return name(client, server) + setting.suffix;
  }

  @Override
  public String about() {
    return "Parley, "
        + client.word
        + " client, "
        + server.word
        + " server, generated stubs"
        + setting.about;
  }

  @Override
  public boolean isBuilt() {
    boolean needsNative = client == Language.CPP || server == Language.CPP;
    return !needsNative || installation.hasProgram(NATIVE);
  }

  @Override
  public List<String> server(Path socket) {
    String[] options =
        setting == Setting.EXECUTOR ? new String[] {"--handlers", "executor"} : polling();
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
        ? installation.java(BenchClient.class, role, socket, polling())
        : installation.program(NATIVE, role, socket, polling());
  }

  private String[] polling() {
    return setting == Setting.NO_POLLING ? new String[] {"--poll-micros", "0"} : new String[0];
  }

  @Override
  public int warmUpMillis() {
    boolean isAllNative = client == Language.CPP && server == Language.CPP;
    return isAllNative ? 100 : 3000;
  }
}
