package dev.parley.benchmarks.contestant;

import java.nio.file.Path;
import java.util.List;

/** node-ipc: events in JSON between two processes of Node. */
final class NodeIpc implements Contestant {
  private final RivalInstallation rivals;

  NodeIpc(RivalInstallation rivals) {
    this.rivals = rivals;
  }

  @Override
  public String name() {
    return "node-ipc";
  }

  @Override
  public String about() {
    return "node-ipc, events in JSON";
  }

  @Override
  public boolean isBuilt() {
    return rivals.hasScript();
  }

  @Override
  public List<String> server(Path socket) {
    return rivals.script("server", socket);
  }

  @Override
  public List<String> client(Path socket) {
    return rivals.script("client", socket);
  }

  @Override
  public List<String> first(Path socket) {
    return rivals.script("first", socket);
  }

  @Override
  public int warmUpMillis() {
    return 1000;
  }
}
