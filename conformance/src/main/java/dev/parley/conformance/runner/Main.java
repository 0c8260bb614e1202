package dev.parley.conformance.runner;

import dev.parley.conformance.program.Language;
import dev.parley.conformance.v1.Case;
import dev.parley.conformance.wire.TimeLimit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command that runs the conformance cases. */
@Command(
    name = "conformance/run",
    description = "Holds every language's client against every language's server.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
public final class Main implements Callable<Integer> {
  private static final int WRONG_USE = 2;

  @Option(
      names = "--case",
      paramLabel = "PATTERN",
      description = "Only cases with such a name, for example 'cancel/*'. May be repeated.")
  private List<String> patterns = new ArrayList<>();

  @Option(
      names = "--client",
      paramLabel = "LANGUAGE",
      split = ",",
      description = "Only these clients; 'raw' is the runner, byte by byte.")
  private List<String> clients = new ArrayList<>();

  @Option(
      names = "--server",
      paramLabel = "LANGUAGE",
      split = ",",
      description = "Only these servers; 'raw' is the runner, byte by byte.")
  private List<String> servers = new ArrayList<>();

  @Option(
      names = "--program",
      paramLabel = "LANGUAGE=COMMAND",
      description = "A language that takes part, and its peer program: one word a line.")
  private Map<String, String> programs = Map.of();

  @Option(names = "--cases", paramLabel = "FOLDER", required = true, description = "The cases.")
  private Path cases = Path.of(".");

  @Option(
      names = "--known-failures",
      paramLabel = "FILE",
      required = true,
      description = "What is known to fail: pair, case, reason.")
  private Path knownFailures = Path.of(".");

  @Option(names = "--report", paramLabel = "FILE", description = "Where the report is written.")
  private @Nullable Path report;

  @Option(
      names = "--limit",
      paramLabel = "SECONDS",
      defaultValue = "600",
      description = "After that, what has not begun fails (default: ${DEFAULT-VALUE}).")
  private long limit;

  @Option(names = "--list", description = "Lists the chosen cases and runs none.")
  private boolean list;

  public static void main(String[] args) {
    System.exit(new CommandLine(new Main()).setOverwrittenOptionsAllowed(true).execute(args));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    List<Pattern> wanted = patterns.stream().map(Pattern::new).toList();
    List<Case> chosen =
        CaseFiles.read(cases).stream()
            .filter(read -> Pattern.anyMatches(wanted, read.getName()))
            .toList();
    if (list) {
      for (Case one : chosen) {
        System.out.println(
            one.getName() + "  " + String.join(" ", one.getRulesList()) + "  " + one.getAbout());
      }
      return 0;
    }
    Plan plan = Plan.of(chosen, languages(clients), languages(servers));
    if (plan.lanes().isEmpty()) {
      System.err.println("no case is chosen");
      return WRONG_USE;
    }
    Path folder =
        Files.createTempDirectory(
            "parley-",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    try {
      Report outcome = run(plan, folder);
      outcome.print(System.out);
      if (report != null) {
        outcome.write(report);
      }
      return outcome.hasFailures() ? 1 : 0;
    } finally {
      delete(folder);
    }
  }

  /** The languages of that name, or all, the runner as null among them. */
  private List<@Nullable Language> languages(List<String> names) {
    List<@Nullable Language> languages = new ArrayList<>();
    programs.forEach(
        (name, command) -> {
          if (names.isEmpty() || names.contains(name)) {
            languages.add(new Language(name, List.of(command.split("\n", -1))));
          }
        });
    if (names.isEmpty() || names.contains(Task.RAW)) {
      languages.add(null);
    }
    return languages;
  }

  private Report run(Plan plan, Path folder) throws IOException, InterruptedException {
    KnownFailures known = KnownFailures.read(knownFailures);
    TimeLimit whole = TimeLimit.in(Duration.ofSeconds(limit));
    ExecutorService lanes = Executors.newCachedThreadPool();
    try {
      List<Future<List<Outcome>>> running = new ArrayList<>();
      plan.lanes()
          .forEach(
              (name, tasks) ->
                  running.add(lanes.submit(new Lane(name, tasks, folder, known, whole))));
      List<Outcome> outcomes = new ArrayList<>();
      for (Future<List<Outcome>> lane : running) {
        outcomes.addAll(lane.get());
      }
      List<String> order =
          plan.lanes().values().stream()
              .flatMap(List::stream)
              .map(Task::pair)
              .distinct()
              .sorted(Comparator.comparing(pair -> pair.contains(Task.RAW)))
              .toList();
      return Report.of(order, outcomes);
    } catch (ExecutionException e) {
      throw new IOException("a lane of the run broke off: " + e.getCause(), e);
    } finally {
      lanes.shutdownNow();
    }
  }

  private static void delete(Path folder) throws IOException {
    List<Path> all;
    try (Stream<Path> walk = Files.walk(folder)) {
      all = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : all) {
      Files.deleteIfExists(path);
    }
  }
}
