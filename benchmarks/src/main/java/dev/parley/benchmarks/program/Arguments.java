package dev.parley.benchmarks.program;

import static java.time.temporal.ChronoUnit.MICROS;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The command line of a program: {@code server|client|first --path P ...}. */
public final class Arguments {
  private final String role;
  private final Map<String, String> options = new HashMap<>();

  private Arguments(String role) {
    this.role = role;
  }

  /** Reads a command line: the role, then pairs of {@code --key value}. */
  public static Arguments of(String[] words) {
    if (words.length % 2 == 0) {
      throw new IllegalArgumentException("wanted server|client|first --path P");
    }
    Arguments arguments = new Arguments(words[0]);
    for (int i = 1; i < words.length; i += 2) {
      arguments.options.put(words[i], words[i + 1]);
    }
    return arguments;
  }

  /** What the program is to be: {@code server}, {@code client} or {@code first}. */
  public String role() {
    return role;
  }

  /** The path of the server's socket. */
  public Path path() {
    return Path.of(required("--path"));
  }

  /** For how long readers are to poll before they sleep; empty: as they do by default. */
  public Optional<Duration> polling() {
    return option("--poll-micros").map(micros -> Duration.of(Long.parseLong(micros), MICROS));
  }

  /** The value of an option that must be there. */
  public String required(String key) {
    return option(key).orElseThrow(() -> new IllegalArgumentException(key + " is missing"));
  }

  /** The value of an option that may be there. */
  public Optional<String> option(String key) {
    return Optional.ofNullable(options.get(key));
  }
}
