package dev.parley.benchmarks.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.benchmarks.contestant.BareJvm;
import dev.parley.benchmarks.contestant.Contestants;
import dev.parley.benchmarks.contestant.Installation;
import dev.parley.benchmarks.report.Result;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TallyTest {
  private static final Map<String, Integer> SMALL = Map.of("size", 64);

  @TempDir static Path folder;

  /** Some pair, as entries are of pairs. */
  private static RunningPair pair;

  @BeforeAll
  static void start() throws Exception {
    pair = RunningPair.start(new BareJvm(Installation.ofThisJvm()), folder.resolve("s"));
  }

  @AfterAll
  static void end() throws Exception {
    pair.close();
  }

  private static Entry entry(String name, Map<String, Integer> axes) {
    return Entry.of(pair, "latency 1", axes).named(name);
  }

  private static List<Map<String, Double>> rounds(double... p50s) {
    return Arrays.stream(p50s).mapToObj(p50 -> Map.of("max_ns", p50 * 10, "p50_ns", p50)).toList();
  }

  private final Map<Entry, List<Map<String, Double>>> turns = new LinkedHashMap<>();

  private List<Result> results() {
    return new Tally("latency", Placement.APART, "p50_ns").results(turns);
  }

  @Test
  void aRatioIsTheMedianOfTheRoundsRatiosNotTheRatioOfMedians() {
    turns.put(entry(Contestants.FLOOR, SMALL), rounds(10, 20, 40));
    turns.put(entry("ours", SMALL), rounds(5, 30, 40));
    assertThat(results().get(1).main().value()).isEqualTo(30);
    assertThat(results().get(1).main().ratio(Contestants.FLOOR)).isEqualTo(1.0);
  }

  @Test
  void theFigureThatTheRowIsAboutComesFirst() {
    turns.put(entry("ours", SMALL), rounds(5));
    assertThat(results().get(0).main().name()).isEqualTo("p50_ns");
  }

  @Test
  void aMaximumIsTheGreatestOfAllRounds() {
    turns.put(entry("ours", SMALL), rounds(1, 9, 2));
    assertThat(results().get(0).value("max_ns")).isEqualTo(90);
  }

  @Test
  void figuresAtOtherPointsAreNotCompared() {
    turns.put(entry(Contestants.FLOOR, Map.of("size", 4096)), rounds(10));
    turns.put(entry("ours", SMALL), rounds(5));
    assertThat(results().get(1).main().ratios()).isEmpty();
  }

  @Test
  void anEntryIsComparedWithWhomItNames() {
    Entry alone = entry("ours", Map.of("connections", 1));
    turns.put(alone, rounds(10, 10));
    turns.put(entry("ours", Map.of("connections", 9)).against(alone), rounds(12, 18));
    assertThat(results().get(1).main().ratio(Result.AGAINST)).isEqualTo(1.5);
    assertThat(results().get(0).main().ratios()).isEmpty();
  }

  @Test
  void theMedianOfAnEvenNumberLiesBetweenTheTwoInTheMiddle() {
    assertThat(Tally.median(new double[] {9, 1, 5, 7})).isEqualTo(6);
  }
}
