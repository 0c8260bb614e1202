package dev.parley.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.benchmarks.contestant.Contestant;
import dev.parley.benchmarks.contestant.Contestants;
import dev.parley.benchmarks.contestant.Installation;
import dev.parley.benchmarks.report.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class ContestantsTest {
  private static final Installation INSTALLATION =
      new Installation(
          Path.of("target", "native", "bin"),
          Path.of(System.getProperty("java.home"), "bin", "java"),
          System.getProperty("java.class.path"));

  @TempDir Path folder;

  static Stream<Contestant> built() {
    return Contestants.all(INSTALLATION).stream().filter(Contestant::isBuilt);
  }

  @ParameterizedTest
  @MethodSource("built")
  void sendsMessagesThereAndBack(Contestant contestant) throws Exception {
    try (RunningPair pair = RunningPair.start(contestant, folder, 5000)) {
      assertThat(pair.latency(5)).containsKeys("p50_ns", "p99_ns", "mean_ns");
      assertThat(pair.latency(5).get("operations")).isPositive();
    }
    assertThat(sockets()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("built")
  void keepsSeveralMessagesOnTheirWayIfItSaysSo(Contestant contestant) throws Exception {
    try (RunningPair pair = RunningPair.start(contestant, folder, 64)) {
      assertThat(pair.throughput(5, 16).isPresent()).isEqualTo(contestant.streams());
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

  @Test
  void everybodyHasARatioToTheFirstOfTheRound() throws Exception {
    Plan plan = new Plan(List.of(64), 2, 5, true);
    List<Contestant> java = Contestants.all(INSTALLATION).subList(3, 5);
    List<String> said = new ArrayList<>();
    List<Result> results = new Rounds(plan, Cores.here(), java, said::add).run(64);
    assertThat(results).extracting(Result::workload).contains("latency");
    assertThat(results.get(0).ratio()).isEqualTo(1.0);
    assertThat(results).allSatisfy(result -> assertThat(result.ratio()).isPositive());
    assertThat(said).isNotEmpty();
  }

  private List<Path> sockets() throws Exception {
    try (Stream<Path> left = Files.list(folder)) {
      return left.filter(path -> path.toString().endsWith(".sock")).toList();
    }
  }
}
