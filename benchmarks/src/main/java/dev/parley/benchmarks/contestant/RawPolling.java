package dev.parley.benchmarks.contestant;

import dev.parley.benchmarks.raw.RawEcho;
import java.nio.file.Path;
import java.util.List;

/** Bare JDK channels that poll for a while before they wait in a Selector. */
public final class RawPolling implements Contestant {
  private final Installation installation;

  public RawPolling(Installation installation) {
    this.installation = installation;
  }

  @Override
  public String name() {
    return "raw-java-polling";
  }

  @Override
  public String about() {
    return "Java channel, polling with Thread.yield for 50 us, then Selector";
  }

  @Override
  public boolean isBuilt() {
    return true;
  }

  @Override
  public List<String> server(Path socket, int size) {
    return installation.java(RawEcho.class, "server", socket, size, "--read", "polling");
  }

  @Override
  public List<String> client(Path socket, int size) {
    return installation.java(RawEcho.class, "client", socket, size, "--read", "polling");
  }

  @Override
  public int warmUpMillis() {
    return 1000;
  }
}
