package dev.parley.benchmarks.jmh;

import dev.parley.benchmarks.run.Site;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs JMH for a row: in a JVM of its own, pinned as far as this machine allows. */
public final class JmhRun {
  private JmhRun() {}

  /**
   * What one benchmark came to.
   *
   * @param name of the method
   * @param size of a message in bytes
   * @param score in the benchmark's own unit
   * @param allocatedBytes by all threads of its JVM, per operation
   */
  public record Score(String name, int size, double score, double allocatedBytes) {
    private static Score parse(String line) {
      String[] columns = line.split("\t", -1);
      return new Score(
          columns[0],
          Integer.parseInt(columns[1]),
          Double.parseDouble(columns[2]),
          Double.parseDouble(columns[4]));
    }
  }

  /**
   * Runs some benchmarks.
   *
   * @param which a regular expression that finds them by class
   * @throws IOException if one fails; its text names the file that says why
   */
  public static List<Score> run(Site site, String which, List<Integer> sizes)
      throws IOException, InterruptedException {
    Path lines = Files.createTempFile("parley-jmh", ".tsv");
    List<String> command = new ArrayList<>(site.cores().apart(true));
    command.addAll(List.of(site.installation().java().toString(), "-Xmx256m"));
    command.addAll(List.of("-cp", site.installation().classPath(), JmhMain.class.getName()));
    command.addAll(List.of(lines.toString(), site.plan().quick() ? "quick" : "full"));
    command.addAll(List.of(String.join(" ", site.cores().apart(false)), which));
    sizes.forEach(size -> command.add(size.toString()));
    Path log = lines.resolveSibling(lines.getFileName() + ".log");
    try {
      int status =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start()
              .waitFor();
      if (status != 0) {
        throw new IOException("JMH failed; it says why in " + log);
      }
      Files.delete(log);
      return Files.readAllLines(lines).stream().map(Score::parse).toList();
    } finally {
      Files.delete(lines);
    }
  }
}
