package dev.parley.benchmarks;

import dev.parley.benchmarks.contestant.Contestant;
import dev.parley.benchmarks.contestant.Contestants;
import dev.parley.benchmarks.contestant.Installation;
import dev.parley.benchmarks.report.Machine;
import dev.parley.benchmarks.report.MarkdownReport;
import dev.parley.benchmarks.report.Report;
import dev.parley.benchmarks.report.ReportFolder;
import dev.parley.benchmarks.report.Result;
import dev.parley.benchmarks.report.Results;
import dev.parley.benchmarks.report.Target;
import dev.parley.benchmarks.report.Target.Verdict;
import dev.parley.benchmarks.row.Row;
import dev.parley.benchmarks.row.Rows;
import dev.parley.benchmarks.run.Cores;
import dev.parley.benchmarks.run.Placement;
import dev.parley.benchmarks.run.Plan;
import dev.parley.benchmarks.run.Site;
import java.io.IOException;
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
    description = "Measures Parley beside the floor of the same run, and its rivals.")
public final class Bench implements Callable<Integer> {
  @Option(names = "--quick", description = "What the targets need, in short turns: 5 minutes.")
  private boolean quick;

  @Option(names = "--rounds", description = "How often everybody gets a turn.")
  private int rounds;

  @Option(names = "--millis", description = "How long a turn is.")
  private int millis;

  @Option(names = "--only", split = ",", description = "Contestants beside the floor, by name.")
  private List<String> only = List.of();

  @Option(names = "--rows", split = ",", description = "Rows, by name; the default is all.")
  private List<String> rows = List.of();

  @Option(names = "--native", required = true, hidden = true)
  private Path nativePrograms = Path.of("");

  @Option(names = "--rivals", required = true, hidden = true)
  private Path rivals = Path.of("");

  @Option(names = "--report", required = true, hidden = true)
  private Path reportFolder = Path.of("");

  @Option(names = "--command", required = true, hidden = true)
  private String command = "";

  private final long start = System.nanoTime();

  public static void main(String[] words) {
    System.exit(new CommandLine(new Bench()).execute(words));
  }

  @Override
  public Integer call() throws Exception {
    Cores cores = Cores.here();
    Installation installation =
        Installation.ofThisJvm().withPrograms(nativePrograms).withRivals(rivals);
    Map<String, String> machine = Machine.describe(cores.count());
    List<String> missing = new ArrayList<>();
    List<Contestant> contestants = contestants(installation, missing);
    Site site = new Site(plan(), cores, installation, contestants, this::progress);
    missing.forEach(site::note);
    for (Placement placement : Placement.values()) {
      if (!cores.obstacle(placement).isEmpty()) {
        site.note("placement " + placement + ": " + cores.obstacle(placement));
      }
    }
    Report report = report(site, machine);
    ReportFolder.write(report, reportFolder);
    System.out.println("\n" + MarkdownReport.of(report));
    System.out.printf(
        "Report: %s/report.html, report.md, report.json; after %d s%n",
        reportFolder, secondsSoFar());
    return 0;
  }

  private Plan plan() {
    Plan plan = quick ? Plan.briefly() : Plan.fully();
    plan = rounds > 0 ? plan.withRounds(rounds) : plan;
    return millis > 0 ? plan.withMillis(millis) : plan;
  }

  private List<Contestant> contestants(Installation installation, List<String> missing) {
    List<Contestant> chosen = new ArrayList<>();
    for (Contestant contestant : Contestants.all(installation)) {
      String name = contestant.name();
      boolean wanted = name.equals(Contestants.FLOOR) || only.isEmpty() || only.contains(name);
      if (wanted && contestant.isBuilt()) {
        chosen.add(contestant);
      } else if (wanted) {
        missing.add(name + ": its programs are not built");
      }
    }
    return chosen;
  }

  private Report report(Site site, Map<String, String> machine) throws InterruptedException {
    List<Result> results = new ArrayList<>();
    Map<String, String> abouts = new LinkedHashMap<>();
    List<Target> targets = new ArrayList<>();
    for (Row row : Rows.all()) {
      if (rows.isEmpty() || rows.contains(row.name())) {
        try {
          results.addAll(row.measure(site));
        } catch (IOException e) {
          site.note(row.name() + ": " + e.getMessage());
        }
        abouts.put(row.name(), row.about());
        targets.addAll(row.targets());
      }
    }
    Results all = new Results(results);
    List<Verdict> verdicts = targets.stream().map(target -> target.judge(all)).toList();
    Map<String, String> names = new LinkedHashMap<>();
    site.contestants(contestant -> true)
        .forEach(contestant -> names.put(contestant.name(), contestant.about()));
    return new Report(command, machine, site.notes(), names, abouts, all, verdicts);
  }

  private void progress(String what) {
    System.out.printf("%4d s  %s%n", secondsSoFar(), what);
  }

  private long secondsSoFar() {
    return (System.nanoTime() - start) / 1_000_000_000;
  }
}
