package dev.parley.benchmarks.run;

import dev.parley.benchmarks.contestant.Contestant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * The contestants of a row, running. They are started for it and end with it, so that no row
 * depends on what another has left in a JVM. For one thread.
 */
public final class Lineup implements AutoCloseable {
  private final Site site;
  private final Path folder;
  private final List<RunningPair> pairs = new ArrayList<>();

  private Lineup(Site site, Path folder) {
    this.site = site;
    this.folder = folder;
  }

  /** Starts them; one that fails to start is left out, and the report says so. */
  public static Lineup start(Site site, List<Contestant> contestants) throws IOException {
    Lineup lineup = new Lineup(site, Files.createTempDirectory("parley-bench"));
    for (Contestant contestant : contestants) {
      lineup.add(contestant);
    }
    return lineup;
  }

  private void add(Contestant contestant) {
    try {
      // The same contestant may run twice.
      Path socket = folder.resolve(pairs.size() + ".sock");
      pairs.add(RunningPair.start(contestant, socket));
    } catch (IOException e) {
      site.note(contestant.name() + ": " + e.getMessage());
    }
  }

  /** Those that have started, in the order that was given. */
  public List<RunningPair> pairs() {
    return List.copyOf(pairs);
  }

  /**
   * Has each do for a while, one after the other and on all cores, what it will be measured at.
   *
   * @param command the command that takes so many milliseconds
   */
  public void warmUp(IntFunction<String> command) throws IOException {
    for (RunningPair pair : List.copyOf(pairs)) {
      try {
        pair.ask(command.apply(pair.contestant().warmUpMillis()));
      } catch (IOException e) {
        site.note(pair.contestant().name() + ": " + e.getMessage());
        pairs.remove(pair);
        pair.close();
      }
    }
  }

  @Override
  public void close() throws IOException {
    for (RunningPair pair : pairs) {
      pair.close();
    }
    try (var left = Files.list(folder)) {
      for (Path file : left.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }
}
