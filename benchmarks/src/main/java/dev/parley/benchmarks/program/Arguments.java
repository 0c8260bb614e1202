package dev.parley.benchmarks.program;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The command line of a server or client program: {@code server|client --path P --size N ...}. */
public final class Arguments {
  private final String role;
  private final Map<String, String> options = new HashMap<>();

  private Arguments(String role) {
    this.role = role;
  }

  /** Reads a command line: the role, then pairs of {@code --key value}. */
  public static Arguments of(String[] words) {
    if (words.length % 2 == 0) {
      throw new IllegalArgumentException("wanted server|client --path P --size N");
    }
    Arguments arguments = new Arguments(words[0]);
    for (int i = 1; i < words.length; i += 2) {
      arguments.options.put(words[i], words[i + 1]);
    }
    return arguments;
  }

  public boolean isServer() {
    return role.equals("server");
  }

  /** The path of the server's socket. */
  public Path path() {
    return Path.of(option("--path"));
  }

  /** The size of a message, in bytes. */
  public int size() {
    return Integer.parseInt(option("--size"));
  }

  /** The value of an option that must be there. */
  public String option(String key) {
    @Nullable String value = options.get(key);
    if (value == null) {
      throw new IllegalArgumentException(key + " is missing");
    }
    return value;
  }
}
