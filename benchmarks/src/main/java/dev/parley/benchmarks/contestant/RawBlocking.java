package dev.parley.benchmarks.contestant;

import dev.parley.benchmarks.raw.RawEcho;
import java.nio.file.Path;
import java.util.List;

/** Bare JDK channels in blocking mode. */
public final class RawBlocking implements Contestant {
  private final Installation installation;

  public RawBlocking(Installation installation) {
    this.installation = installation;
  }

  @Override
  public String name() {
    return "raw-java-blocking";
  }

  @Override
  public String about() {
    return "Java channel, blocking read";
  }

  @Override
  public boolean isBuilt() {
    return true;
  }

  @Override
  public List<String> server(Path socket, int size) {
    return installation.java(RawEcho.class, "server", socket, size, "--read", "blocking");
  }

  @Override
  public List<String> client(Path socket, int size) {
    return installation.java(RawEcho.class, "client", socket, size, "--read", "blocking");
  }

  @Override
  public int warmUpMillis() {
    return 1000;
  }
}
