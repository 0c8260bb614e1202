package dev.parley.benchmarks.run;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Lets entries take turns, round by round, so that whatever disturbs the machine disturbs all of
 * them.
 */
public final class Turns {
  /** A turn of one entry. */
  @FunctionalInterface
  public interface Turn {
    /** The figures of it; empty if the entry cannot do what the row is about. */
    Optional<Map<String, Double>> take(Entry entry) throws IOException, InterruptedException;
  }

  /** The turn of most rows: what the entry's command answers. */
  public static final Turn COMMAND = entry -> entry.pair().ask(entry.command());

  /** The first moments on another core are not those that count. */
  private static final String SETTLE = "latency 20";

  private final Site site;
  private final Placement placement;
  private final int rounds;

  public Turns(Site site, Placement placement, int rounds) {
    this.site = site;
    this.placement = placement;
    this.rounds = rounds;
  }

  /**
   * The figures of each entry, round by round. An entry that cannot do it, or fails at it, is left
   * out.
   */
  public Map<Entry, List<Map<String, Double>>> take(List<Entry> entries, Turn turn)
      throws InterruptedException {
    Map<Entry, List<Map<String, Double>>> taken = new LinkedHashMap<>();
    for (Entry entry : entries) {
      if (placement == Placement.APART || !entry.pair().contestant().needsOwnCores()) {
        taken.put(entry, new ArrayList<>());
      }
    }
    for (int round = 0; round < rounds; round++) {
      for (var each = taken.entrySet().iterator(); each.hasNext(); ) {
        var entry = each.next();
        take(entry.getKey(), turn).ifPresentOrElse(entry.getValue()::add, each::remove);
      }
    }
    return taken;
  }

  private Optional<Map<String, Double>> take(Entry entry, Turn turn) throws InterruptedException {
    try {
      entry.pair().place(site.cores(), placement);
      entry.pair().ask(SETTLE);
      return turn.take(entry);
    } catch (IOException e) {
      site.note(entry.name() + ", " + entry.command() + ": " + e.getMessage());
      return Optional.empty();
    }
  }
}
