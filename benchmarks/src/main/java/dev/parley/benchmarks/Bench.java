package dev.parley.benchmarks;

import dev.parley.benchmarks.contestant.Contestant;
import dev.parley.benchmarks.contestant.Contestants;
import dev.parley.benchmarks.contestant.Installation;
import dev.parley.benchmarks.jmh.JmhRun;
import dev.parley.benchmarks.report.Machine;
import dev.parley.benchmarks.report.Report;
import dev.parley.benchmarks.report.Result;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The program behind {@code scripts/bench}: measures, prints, and writes the report. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = "Measures Parley beside the floor of the same run.")
public final class Bench implements Callable<Integer> {
  @Option(names = "--quick", description = "Short rounds and short JMH runs: under 3 minutes.")
  private boolean quick;

  @Option(names = "--rounds", description = "How often everybody gets a turn.")
  private int rounds;

  @Option(names = "--millis", description = "How long a turn is.")
  private int millis;

  @Option(names = "--sizes", split = ",", description = "Bytes of a message: ${DEFAULT-VALUE}.")
  private List<Integer> sizes = Plan.SIZES;

  @Option(
      names = "--only",
      split = ",",
      description = "Contestants beside the floor, by name; the default is all that are built.")
  private List<String> only = List.of();

  @Option(names = "--no-jmh", description = "Leaves out what JMH measures.")
  private boolean withoutJmh;

  @Option(names = "--native", required = true, hidden = true)
  private Path nativePrograms = Path.of("");

  @Option(names = "--report", required = true, hidden = true)
  private Path reportFolder = Path.of("");

  @Option(names = "--command", required = true, hidden = true)
  private String command = "";

  public static void main(String[] words) {
    System.exit(new CommandLine(new Bench()).execute(words));
  }

  @Override
  public Integer call() throws Exception {
    Cores cores = Cores.here();
    Plan plan =
        new Plan(
            sizes,
            rounds > 0 ? rounds : quick ? 3 : 5,
            millis > 0 ? millis : quick ? 150 : 1000,
            quick);
    Installation installation =
        new Installation(
            nativePrograms,
            Path.of(System.getProperty("java.home"), "bin", "java"),
            System.getProperty("java.class.path"));
    List<String> notes = new ArrayList<>();
    for (Placement placement : Placement.values()) {
      String obstacle = cores.obstacle(placement);
      if (!obstacle.isEmpty()) {
        notes.add("placement " + placement + ": " + obstacle);
      }
    }
    List<Contestant> contestants = contestants(installation, notes);
    notes.forEach(note -> System.out.println("Not measured: " + note));

    Map<String, String> machine = Machine.describe(cores.count());
    List<Result> results = new ArrayList<>();
    Rounds turns = new Rounds(plan, cores, contestants, Bench::progress);
    for (int size : plan.sizes()) {
      results.addAll(turns.run(size));
    }
    if (!withoutJmh) {
      results.addAll(new JmhRun(plan, cores, installation, Bench::progress).run(results));
    }

    Map<String, String> names = new LinkedHashMap<>();
    contestants.forEach(contestant -> names.put(contestant.name(), contestant.about()));
    names.putAll(JmhRun.abouts());
    Report report = new Report(command, machine, notes, names, results);
    report.write(reportFolder);
    System.out.println();
    System.out.print(report.markdown());
    System.out.println("\nReport: " + reportFolder.resolve("report.md") + ", report.json");
    return 0;
  }

  private List<Contestant> contestants(Installation installation, List<String> notes) {
    List<Contestant> all = Contestants.all(installation);
    List<Contestant> chosen = new ArrayList<>();
    for (Contestant contestant : all) {
      boolean wanted = chosen.isEmpty() || only.isEmpty() || only.contains(contestant.name());
      if (wanted && contestant.isBuilt()) {
        chosen.add(contestant);
      } else if (wanted) {
        notes.add(contestant.name() + ": its programs are not built");
      }
    }
    return chosen;
  }

  private static void progress(String what) {
    System.out.println("... " + what);
  }
}
