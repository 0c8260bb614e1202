package dev.parley.benchmarks.run;

import dev.parley.benchmarks.contestant.Contestant;
import dev.parley.benchmarks.contestant.Installation;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * What a run has at hand: how much to measure, on which cores, whom, and where to tell of it. For
 * one thread.
 */
public final class Site {
  private final Plan plan;
  private final Cores cores;
  private final Installation installation;
  private final List<Contestant> contestants;
  private final Consumer<String> progress;
  private final List<String> notes = new ArrayList<>();

  /**
   * A run that begins.
   *
   * @param contestants those that are built, the floor first
   */
  public Site(
      Plan plan,
      Cores cores,
      Installation installation,
      List<Contestant> contestants,
      Consumer<String> progress) {
    this.plan = plan;
    this.cores = cores;
    this.installation = installation;
    this.contestants = List.copyOf(contestants);
    this.progress = progress;
  }

  public Plan plan() {
    return plan;
  }

  public Cores cores() {
    return cores;
  }

  public Installation installation() {
    return installation;
  }

  /** Those that are measured and that a row wants, the floor first. */
  public List<Contestant> contestants(Predicate<Contestant> wanted) {
    return contestants.stream().filter(wanted).toList();
  }

  /** The placement of whatever is measured in one placement only. */
  public Placement pinned() {
    return cores.obstacle(Placement.APART).isEmpty() ? Placement.APART : Placement.FREE;
  }

  /** Tells whoever waits what goes on. */
  public void say(String what) {
    progress.accept(what);
  }

  /** Keeps for the report that something could not be measured, and why. */
  public void note(String what) {
    if (!notes.contains(what)) {
      notes.add(what);
      progress.accept("not measured: " + what);
    }
  }

  /** All that was noted. */
  public List<String> notes() {
    return List.copyOf(notes);
  }
}
