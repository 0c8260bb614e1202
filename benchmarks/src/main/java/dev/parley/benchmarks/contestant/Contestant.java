package dev.parley.benchmarks.contestant;

import java.nio.file.Path;
import java.util.List;

/**
 * Something that carries a message to another process and back, over a Unix socket.
 *
 * <p>It is a pair of programs; PROGRAMS.md says what they do. To add one: write them, a class here
 * that says how to start them, and a line in {@link Contestants}.
 */
public interface Contestant {
  /** Stable and unique: reports and options use it. */
  String name();

  /** One line for the report: what it is, and how it is set up. */
  String about();

  /** Whether its programs are there; those that are not are left out, and the report says so. */
  boolean isBuilt();

  /** The command line of the server. */
  List<String> server(Path socket);

  /** The command line of the client. */
  List<String> client(Path socket);

  /** The command line of a client that makes one call; empty: its start is not measured. */
  default List<String> first(Path socket) {
    return List.of();
  }

  /** How long it runs before it is measured, in milliseconds. */
  default int warmUpMillis() {
    return 100;
  }

  /** Whether its two ends would only keep each other from running on one core. */
  default boolean needsOwnCores() {
    return false;
  }
}
