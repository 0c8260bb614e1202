package dev.parley.benchmarks.contestant;

import dev.parley.benchmarks.raw.RawEcho;
import java.nio.file.Path;
import java.util.List;

/** Bare JDK channels that wait in a Selector. */
public final class RawSelector implements Contestant {
  private final Installation installation;

  public RawSelector(Installation installation) {
    this.installation = installation;
  }

  @Override
  public String name() {
    return "raw-java-selector";
  }

  @Override
  public String about() {
    return "Java channel, Selector";
  }

  @Override
  public boolean isBuilt() {
    return true;
  }

  @Override
  public List<String> server(Path socket, int size) {
    return installation.java(RawEcho.class, "server", socket, size, "--read", "selector");
  }

  @Override
  public List<String> client(Path socket, int size) {
    return installation.java(RawEcho.class, "client", socket, size, "--read", "selector");
  }

  @Override
  public int warmUpMillis() {
    return 1000;
  }
}
