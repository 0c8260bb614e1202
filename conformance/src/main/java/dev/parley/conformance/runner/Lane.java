package dev.parley.conformance.runner;

import dev.parley.conformance.play.Play;
import dev.parley.conformance.play.Programs;
import dev.parley.conformance.program.Language;
import dev.parley.conformance.program.PeerProgram;
import dev.parley.conformance.program.Unsupported;
import dev.parley.conformance.runner.Outcome.Verdict;
import dev.parley.conformance.v1.Case;
import dev.parley.conformance.wire.Mismatch;
import dev.parley.conformance.wire.TimeLimit;
import dev.parley.conformance.wire.Trace;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Plays tasks one after the other, with programs of its own that live as long as the lane. Lanes
 * run side by side.
 */
final class Lane implements Callable<List<Outcome>> {
  /** No case has to wait for more than a limit of the protocol; the longest of these is 30 s. */
  private static final Duration CASE = Duration.ofSeconds(15);

  private static final Duration SLOW_CASE = Duration.ofSeconds(50);

  private final String name;
  private final List<Task> tasks;
  private final Path folder;
  private final KnownFailures known;
  private final TimeLimit whole;

  Lane(String name, List<Task> tasks, Path folder, KnownFailures known, TimeLimit whole) {
    this.name = name;
    this.tasks = tasks;
    this.folder = folder;
    this.known = known;
    this.whole = whole;
  }

  @Override
  public List<Outcome> call() throws InterruptedException {
    List<Outcome> outcomes = new ArrayList<>();
    try (Programs programs = new Programs(name, folder)) {
      for (Task task : tasks) {
        outcomes.add(judge(task, programs));
      }
    } catch (IOException e) {
      // What does not end with its input fails the last pair that it took part in.
      String pair = tasks.get(tasks.size() - 1).pair();
      outcomes.add(new Outcome(pair, "end-of-input", Verdict.FAILED, message(e), 0, List.of()));
    }
    return outcomes;
  }

  /** Runs a task, and turns its outcome round where it is known to fail. */
  private Outcome judge(Task task, Programs programs) throws InterruptedException {
    Outcome outcome = run(task, programs);
    String reason = known.reason(task.pair(), task.played().getName()).orElse("");
    if (reason.isEmpty() || outcome.verdict() == Verdict.SKIPPED) {
      return outcome;
    }
    boolean passed = outcome.verdict() == Verdict.PASSED;
    return new Outcome(
        outcome.pair(),
        outcome.name(),
        passed ? Verdict.FAILED : Verdict.SKIPPED,
        passed ? "passes, but stands in the list of known failures" : "known failure: " + reason,
        outcome.millis(),
        List.of());
  }

  private Outcome run(Task task, Programs programs) throws InterruptedException {
    long begin = System.nanoTime();
    List<String> evidence = new ArrayList<>();
    Verdict verdict = Verdict.PASSED;
    String reason = "";
    try {
      if (whole.isOver()) {
        throw new Mismatch("the time of the whole run is over");
      }
      playInEachStyle(task, programs, evidence);
    } catch (Unsupported e) {
      verdict = Verdict.SKIPPED;
      reason = message(e);
    } catch (Mismatch e) {
      verdict = Verdict.FAILED;
      reason = message(e);
    } catch (IOException | RuntimeException e) {
      verdict = Verdict.FAILED;
      reason = "the runner failed: " + e;
      for (StackTraceElement element : e.getStackTrace()) {
        evidence.add("  at " + element);
      }
    }
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
    return new Outcome(
        task.pair(), task.played().getName(), verdict, reason, millis, List.copyOf(evidence));
  }

  /** A style that lacks something, such as a way to cancel, is left out if another one has it. */
  private void playInEachStyle(Task task, Programs programs, List<String> evidence)
      throws IOException, InterruptedException {
    List<String> styles = styles(task, programs);
    int lacking = 0;
    for (String style : styles) {
      try {
        play(task, style, programs, evidence);
      } catch (Unsupported e) {
        lacking++;
        if (lacking == styles.size()) {
          throw e;
        }
      }
    }
  }

  private static String message(Throwable e) {
    return String.valueOf(e.getMessage());
  }

  private TimeLimit limit(Case played) {
    return TimeLimit.in(played.getSlow() ? SLOW_CASE : CASE);
  }

  /** The styles to play in: all that the client has, or one where no call is made or it is slow. */
  private List<String> styles(Task task, Programs programs)
      throws IOException, InterruptedException {
    TimeLimit limit = limit(task.played());
    List<String> styles = List.of("async");
    Language client = task.client();
    if (client != null) {
      PeerProgram program = programs.of(client, "client", limit);
      checkLevel(program, task.played());
      boolean calls =
          !task.played().getSlow()
              && task.played().getStepsList().stream()
                  .anyMatch(step -> step.hasStart() || step.hasExchange());
      styles = calls ? program.styles() : program.styles().subList(0, 1);
    }
    if (task.server() != null) {
      checkLevel(programs.of(task.server(), "server", limit), task.played());
    }
    return styles;
  }

  private static void checkLevel(PeerProgram program, Case played) {
    if (program.level() < played.getLevel()) {
      throw new Unsupported(
          "needs level "
              + played.getLevel()
              + "; "
              + program.language().name()
              + " has "
              + program.level());
    }
    if (played.getAtMostLevel() > 0 && program.level() > played.getAtMostLevel()) {
      throw new Unsupported(
          "is for level "
              + played.getAtMostLevel()
              + " at most; "
              + program.language().name()
              + " has "
              + program.level());
    }
  }

  private void play(Task task, String style, Programs programs, List<String> evidence)
      throws IOException, InterruptedException {
    Case played = task.played();
    Play play = new Play(played, task.client(), task.server(), style, programs, limit(played));
    try {
      play.run();
    } catch (Mismatch e) {
      evidence.addAll(describe(play.trace()));
      evidence.addAll(errors(task.client(), "client", programs));
      evidence.addAll(errors(task.server(), "server", programs));
      throw new Mismatch("(" + style + ") " + e.getMessage(), e);
    }
  }

  private static List<String> describe(Trace trace) {
    return trace.lines().stream().map(line -> "  " + line).toList();
  }

  private static List<String> errors(@Nullable Language language, String role, Programs programs)
      throws IOException, InterruptedException {
    if (language == null) {
      return List.of();
    }
    return programs.of(language, role, TimeLimit.in(CASE)).lastErrors().stream()
        .map(line -> "  " + language.name() + " " + role + ": " + line)
        .toList();
  }
}
