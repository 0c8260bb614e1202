package dev.parley.benchmarks.jmh;

import dev.parley.benchmarks.Cores;
import dev.parley.benchmarks.Placement;
import dev.parley.benchmarks.Plan;
import dev.parley.benchmarks.contestant.Contestants;
import dev.parley.benchmarks.contestant.Installation;
import dev.parley.benchmarks.report.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What JMH measures, as part of a run: in a JVM of its own, and with the ratio to the run's floor.
 */
public final class JmhRun {
  private final Plan plan;
  private final Cores cores;
  private final Installation installation;
  private final Consumer<String> progress;

  public JmhRun(Plan plan, Cores cores, Installation installation, Consumer<String> progress) {
    this.plan = plan;
    this.cores = cores;
    this.installation = installation;
    this.progress = progress;
  }

  /** What the names in the results stand for. */
  public static Map<String, String> abouts() {
    return Map.of(
        "jmh-blocking",
        "JMH: Parley, Java to Java, one blocking call a thread",
        "jmh-async",
        "JMH: Parley, Java to Java, one thread that sends without waiting",
        "jmh-...ByHand, jmh-...ByProtobuf",
        "JMH: the envelope of a REQUEST; the ratio is to a round trip of the floor");
  }

  /**
   * Runs all benchmarks.
   *
   * @param measured what has been measured before, the floor among it
   */
  public List<Result> run(List<Result> measured) throws IOException, InterruptedException {
    Path lines = Files.createTempFile("parley-jmh", ".tsv");
    try {
      List<String> command = new ArrayList<>(cores.apart(true));
      command.addAll(List.of(installation.java().toString(), "-Xmx256m"));
      command.addAll(List.of("-cp", installation.classPath(), JmhMain.class.getName()));
      command.addAll(List.of(lines.toString(), plan.quick() ? "quick" : "full"));
      command.add(String.join(" ", cores.apart(false)));
      command.add(String.join(",", plan.sizes().stream().map(String::valueOf).toList()));
      progress.accept("JMH");
      Path log = lines.resolveSibling(lines.getFileName() + ".log");
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
      List<Result> results = new ArrayList<>();
      for (String line : Files.readAllLines(lines)) {
        results.add(result(line.split("\t", -1), measured));
      }
      return results;
    } finally {
      Files.delete(lines);
    }
  }

  private Result result(String[] columns, List<Result> measured) {
    int size = Integer.parseInt(columns[1]);
    int inFlight = Integer.parseInt(columns[2]);
    double score = Double.parseDouble(columns[3]);
    boolean codec = inFlight == 0;
    String placement =
        (cores.obstacle(Placement.APART).isEmpty() ? Placement.APART : Placement.FREE).toString();
    double floor = Double.NaN;
    for (Result result : measured) {
      if (result.contestant().equals(Contestants.FLOOR)
          && result.size() == size
          && result.placement().equals(placement)) {
        floor = codec ? roundTrip(result, floor) : rate(result, inFlight, floor);
      }
    }
    return new Result(
        "jmh-" + columns[0],
        codec ? "codec" : "throughput",
        placement,
        size,
        inFlight,
        codec ? "ns" : "1/s",
        score,
        score / floor,
        Map.of("bytes_per_operation", Double.parseDouble(columns[5])));
  }

  private static double roundTrip(Result floor, double otherwise) {
    return floor.workload().equals("latency") ? floor.value() : otherwise;
  }

  /** With one in flight, the floor's rate is what its round trips come to. */
  private static double rate(Result floor, int inFlight, double otherwise) {
    if (inFlight == 1 && floor.workload().equals("latency")) {
      return 1e9 / floor.more().getOrDefault("mean_ns", Double.NaN);
    }
    return floor.workload().equals("throughput") && floor.inFlight() == inFlight
        ? floor.value()
        : otherwise;
  }
}
