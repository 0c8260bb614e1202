package dev.parley.benchmarks.guard;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many instructions operations of the C++ runtime take, counted by callgrind: the program runs
 * each operation N times and 2 N times, and what it takes besides falls out of the difference.
 */
final class Instructions {
  private static final int TIMES = 20_000;
  private static final Pattern COLLECTED = Pattern.compile("Collected : (\\d+)");

  private final Path program;

  /**
   * @param program says the compiler's version and its operations, one a line, when it is started
   *     without arguments
   */
  Instructions(Path program) {
    this.program = program;
  }

  Figures measure() throws IOException, InterruptedException {
    List<String> lines = run(List.of(program.toString())).lines().toList();
    Map<String, Double> values = new TreeMap<>();
    for (String operation : lines.subList(1, lines.size())) {
      double more = count(operation, 2 * TIMES) - count(operation, TIMES);
      values.put(operation, more / TIMES);
    }
    return new Figures(Kind.INSTRUCTIONS, lines.get(0), values);
  }

  private double count(String operation, int times) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(List.of("valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"));
    command.addAll(List.of(program.toString(), operation, Integer.toString(times)));
    String said = run(command);
    Matcher collected = COLLECTED.matcher(said);
    if (!collected.find()) {
      throw new IOException("callgrind did not say how much it collected: " + said);
    }
    return Double.parseDouble(collected.group(1));
  }

  private static String run(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int status = process.waitFor();
    if (status != 0) {
      throw new IOException(command + " ended with " + status + ": " + said);
    }
    return said;
  }
}
