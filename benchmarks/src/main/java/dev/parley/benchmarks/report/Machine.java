package dev.parley.benchmarks.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;

/** Where and when figures were taken. */
public final class Machine {
  private Machine() {}

  /** What a reader needs to judge a figure, by name. */
  public static Map<String, String> describe(int cores) throws IOException {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("when", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    facts.put("cores", Integer.toString(cores));
    facts.put("processor", processor());
    // Behind the dash stands who built it.
    String kernel = System.getProperty("os.version").replaceFirst("-.*", "");
    facts.put("kernel", System.getProperty("os.name") + " " + kernel);
    facts.put(
        "jdk",
        System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version"));
    facts.put("load before", firstWords(Path.of("/proc/loadavg"), 3));
    return facts;
  }

  private static String processor() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/cpuinfo"))) {
      if (line.startsWith("model name")) {
        return line.substring(line.indexOf(':') + 1).trim();
      }
    }
    return System.getProperty("os.arch");
  }

  private static String firstWords(Path file, int count) throws IOException {
    String[] words = Files.readString(file).split(" ", -1);
    return String.join(" ", java.util.Arrays.copyOf(words, Math.min(count, words.length)));
  }
}
