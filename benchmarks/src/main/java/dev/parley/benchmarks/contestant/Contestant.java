package dev.parley.benchmarks.contestant;

import java.nio.file.Path;
import java.util.List;

/**
 * Something that carries a message to another process and back, over a Unix socket.
 *
 * <p>It is a pair of programs. The server gets the socket's path and the size of a message, says
 * {@code ready} on a line of its own once it listens, and ends when its standard input does. The
 * client does the same once it has connected, and answers the commands of {@link
 * dev.parley.benchmarks.program.Commands}. Neither may keep a core busy while nothing is asked of
 * it.
 *
 * <p>To add one: write such programs, a class here that says how to start them, and a line in
 * {@link Contestants}.
 */
public interface Contestant {
  /** Stable and unique: reports and options use it. */
  String name();

  /** One line for the report: what it is. */
  String about();

  /** Whether its programs are there; those that are not are left out, and the report says so. */
  boolean isBuilt();

  /** The command line of the server. */
  List<String> server(Path socket, int size);

  /** The command line of the client. */
  List<String> client(Path socket, int size);

  /** How long it runs before it is measured, in milliseconds. */
  default int warmUpMillis() {
    return 100;
  }

  /** Whether its two ends would only keep each other from running on one core. */
  default boolean needsOwnCores() {
    return false;
  }

  /** Whether the client keeps several messages on their way when asked to. */
  default boolean streams() {
    return false;
  }
}
