package dev.parley.benchmarks.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.benchmarks.contestant.Contestant;
import dev.parley.benchmarks.contestant.Contestants;
import dev.parley.benchmarks.contestant.Installation;
import dev.parley.benchmarks.contestant.ParleyPair;
import dev.parley.benchmarks.contestant.ParleyPair.Language;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class ContestantsTest {
  private static final Installation INSTALLATION =
      Installation.ofThisJvm()
          .withPrograms(Path.of("target", "native", "bin"))
          .withRivals(Path.of("target", "rivals"));

  /** All that PROGRAMS.md has, as briefly as can be. */
  private static final List<String> COMMANDS =
      List.of(
          "async-latency 5",
          "reentrant-latency 5",
          "paced 20 100",
          "calls 3",
          "callbacks 5 16",
          "producer 5 16",
          "callers 5 2",
          "stream 5",
          "beside-sleep 5 10",
          "beside-transfer 5 100000",
          "open 2",
          "open 0",
          "memory");

  @TempDir Path folder;

  static Stream<Contestant> built() {
    return Contestants.all(INSTALLATION).stream().filter(Contestant::isBuilt);
  }

  @ParameterizedTest
  @MethodSource("built")
  void doesWhatItIsToldOrSaysThatItCannot(Contestant contestant) throws Exception {
    try (RunningPair pair = RunningPair.start(contestant, folder.resolve("bench.sock"))) {
      assertThat(pair.ask("size 5000")).isPresent();
      assertThat(pair.ask("latency 5").orElseThrow())
          .containsKeys("operations", "mean_ns", "p50_ns", "p90_ns", "p99_ns", "p999_ns", "max_ns");
      for (String command : COMMANDS) {
        pair.ask(command).ifPresent(figures -> assertThat(figures).as(command).isNotEmpty());
      }
      assertThat(pair.first().isPresent())
          .isEqualTo(!contestant.first(folder.resolve("bench.sock")).isEmpty());
    }
    assertThat(folder.resolve("bench.sock")).doesNotExist();
  }

  @Test
  void parleyDoesAllOfIt() throws Exception {
    Contestant java =
        built().filter(it -> it.name().equals("parley-java-java")).findFirst().orElseThrow();
    try (RunningPair pair = RunningPair.start(java, folder.resolve("bench.sock"))) {
      for (String command : COMMANDS) {
        assertThat(pair.ask(command)).as(command).isPresent();
      }
      assertThat(pair.askServer("memory").orElseThrow()).containsKey("heap_bytes");
      assertThat(pair.askServer("dance")).isEmpty();
      assertThat(pair.use().get(0).threads()).isNotEmpty();
    }
  }

  @Test
  void parleyCanBeSetUpOtherwise() throws Exception {
    ParleyPair java = new ParleyPair(INSTALLATION, Language.JAVA, Language.JAVA);
    for (ParleyPair other : List.of(java.onExecutor(), java.withoutPolling())) {
      try (RunningPair pair = RunningPair.start(other, folder.resolve("bench.sock"))) {
        assertThat(pair.ask("latency 5")).as(other.name()).isPresent();
      }
    }
  }

  @Test
  void theFloorComesFirst() {
    assertThat(Contestants.all(INSTALLATION).get(0).name()).isEqualTo(Contestants.FLOOR);
  }

  @Test
  void namesAreUnique() {
    assertThat(Contestants.all(INSTALLATION)).extracting(Contestant::name).doesNotHaveDuplicates();
  }
}
