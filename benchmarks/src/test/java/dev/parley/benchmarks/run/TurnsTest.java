package dev.parley.benchmarks.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.benchmarks.contestant.Installation;
import dev.parley.benchmarks.contestant.RawChannel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class TurnsTest {
  private static final Installation INSTALLATION = Installation.ofThisJvm();
  private static final RawChannel RAW = new RawChannel(INSTALLATION, RawChannel.Reading.BLOCKING);

  private static Lineup lineup;

  private Site site;

  @BeforeAll
  static void start() throws Exception {
    lineup = Lineup.start(site(), List.of(RAW, RAW));
  }

  @AfterAll
  static void end() throws Exception {
    lineup.close();
  }

  private static Site site() throws Exception {
    return new Site(Plan.briefly(), Cores.here(), INSTALLATION, List.of(RAW), said -> {});
  }

  @BeforeEach
  void begin() throws Exception {
    site = site();
  }

  private List<Entry> entries() {
    List<Entry> entries = new ArrayList<>();
    for (RunningPair pair : lineup.pairs()) {
      entries.add(Entry.of(pair, "latency 1", Map.of()).named("entry " + entries.size()));
    }
    return entries;
  }

  @Test
  void everybodyHasATurnInEachRound() throws Exception {
    List<String> order = new ArrayList<>();
    new Turns(site, Placement.FREE, 2)
        .take(
            entries(),
            entry -> {
              order.add(entry.name());
              return entry.pair().ask(entry.command());
            });
    assertThat(order).containsExactly("entry 0", "entry 1", "entry 0", "entry 1");
  }

  @Test
  void whoCannotDoItIsLeftOutSilently() throws Exception {
    assertThat(
            new Turns(site, Placement.FREE, 1)
                .take(entries(), entry -> entry.pair().ask("stream 1")))
        .isEmpty();
    assertThat(site.notes()).isEmpty();
  }

  @Test
  void whoFailsAtItIsLeftOutWithANote() throws Exception {
    var taken =
        new Turns(site, Placement.FREE, 3)
            .take(
                entries(),
                entry -> {
                  if (entry.name().equals("entry 0")) {
                    throw new IOException("no more");
                  }
                  return Optional.of(Map.of("p50_ns", 1.0));
                });
    assertThat(taken.keySet()).extracting(Entry::name).containsExactly("entry 1");
    assertThat(taken.values()).allSatisfy(rounds -> assertThat(rounds).hasSize(3));
    assertThat(site.notes()).containsExactly("entry 0, latency 1: no more");
  }

  @Test
  void aContestantThatDoesNotStartIsNoted() throws Exception {
    Installation broken = INSTALLATION.withClassPath("no-such-class-path");
    RawChannel raw = new RawChannel(broken, RawChannel.Reading.BLOCKING);
    try (Lineup none = Lineup.start(site, List.of(raw))) {
      assertThat(none.pairs()).isEmpty();
    }
    assertThat(site.notes()).singleElement().asString().startsWith("raw-java-blocking: ");
  }
}
