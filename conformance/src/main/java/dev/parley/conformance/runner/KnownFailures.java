package dev.parley.conformance.runner;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The list of what is known to fail. What stands there runs all the same, and once it passes the
 * run fails, so that the list stays true.
 *
 * <p>A line is: pair, case, reason; a star in the first two stands for any text.
 */
record KnownFailures(List<Known> known) {
  record Known(Pattern pair, Pattern name, String reason) {}

  static KnownFailures read(Path file) throws IOException {
    List<Known> known = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      String[] words = line.strip().split("\\s+", 3);
      if (words.length < 3) {
        throw new IOException(file + ": a line is 'pair case reason', not: " + line);
      }
      known.add(new Known(new Pattern(words[0]), new Pattern(words[1]), words[2]));
    }
    return new KnownFailures(known);
  }

  /** Why that case is known to fail for that pair; empty: it has to pass. */
  Optional<String> reason(String pair, String name) {
    return known.stream()
        .filter(one -> one.pair().matches(pair) && one.name().matches(name))
        .map(Known::reason)
        .findFirst();
  }
}
