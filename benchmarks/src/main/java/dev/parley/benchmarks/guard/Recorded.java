package dev.parley.benchmarks.guard;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The file with the figures that were recorded. Immutable. */
public final class Recorded {
  private static final String HEAD =
      """
      # What operations cost, in units that do not depend on time: see NOTES.md, "The guard".
      # Written by scripts/guard --record, compared by scripts/guard.
      """;

  private final Map<String, String> entries;

  private Recorded(Map<String, String> entries) {
    this.entries = entries;
  }

  /** Reads the file; as an empty one if it is not there. */
  public static Recorded read(Path file) throws IOException {
    Properties properties = new Properties();
    if (Files.exists(file)) {
      try (var in = Files.newBufferedReader(file)) {
        properties.load(in);
      }
    }
    Map<String, String> entries = new TreeMap<>();
    properties.stringPropertyNames().forEach(key -> entries.put(key, properties.getProperty(key)));
    return new Recorded(entries);
  }

  /** These figures in place of all others of their kind. */
  public Recorded with(Figures figures) {
    Map<String, String> changed = new TreeMap<>(entries);
    changed.keySet().removeIf(key -> key.startsWith(figures.kind().word() + "."));
    changed.put(environmentOf(figures.kind()), figures.environment());
    figures.values().forEach((name, value) -> changed.put(key(figures, name), text(value)));
    return new Recorded(changed);
  }

  public void write(Path file) throws IOException {
    StringBuilder text = new StringBuilder(HEAD);
    entries.forEach((key, value) -> text.append(key).append(" = ").append(value).append('\n'));
    Files.writeString(file, text);
  }

  /** Whether figures of that kind were recorded where these were measured. */
  public boolean compares(Figures measured) {
    return measured.environment().equals(entries.get(environmentOf(measured.kind())));
  }

  /** What is wrong with these figures: a line for each that is not as it was recorded. */
  public List<String> faults(Figures measured) {
    TreeSet<String> names = new TreeSet<>(measured.values().keySet());
    String prefix = measured.kind().word() + ".";
    for (String key : entries.keySet()) {
      if (key.startsWith(prefix) && !key.equals(environmentOf(measured.kind()))) {
        names.add(key.substring(prefix.length()));
      }
    }
    List<String> faults = new ArrayList<>();
    for (String name : names) {
      String fault = fault(measured, name);
      if (fault != null) {
        faults.add(fault);
      }
    }
    return faults;
  }

  private @Nullable String fault(Figures measured, String name) {
    Kind kind = measured.kind();
    String before = entries.get(key(measured, name));
    Double now = measured.values().get(name);
    if (before == null || now == null) {
      return String.format(
          Locale.ROOT,
          "%s of %s: recorded %s, measured %s",
          kind.word(),
          name,
          before == null ? "nothing" : before + " " + kind.unit(),
          now == null ? "nothing" : text(now) + " " + kind.unit());
    }
    double recorded = Double.parseDouble(before);
    double tolerance = kind.tolerance(recorded);
    if (Math.abs(now - recorded) <= tolerance) {
      return null;
    }
    return String.format(
        Locale.ROOT,
        "%s of %s: recorded %s %s, measured %s, which differs by more than %s",
        kind.word(),
        name,
        before,
        kind.unit(),
        text(now),
        text(tolerance));
  }

  private static String key(Figures figures, String name) {
    return figures.kind().word() + "." + name;
  }

  private static String environmentOf(Kind kind) {
    return kind.word() + ".environment";
  }

  private static String text(double value) {
    return String.format(Locale.ROOT, "%.0f", value);
  }
}
