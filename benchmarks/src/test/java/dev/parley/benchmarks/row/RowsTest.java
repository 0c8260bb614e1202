package dev.parley.benchmarks.row;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import dev.parley.benchmarks.contestant.Contestant;
import dev.parley.benchmarks.contestant.Contestants;
import dev.parley.benchmarks.contestant.Installation;
import dev.parley.benchmarks.contestant.RawChannel;
import dev.parley.benchmarks.report.Result;
import dev.parley.benchmarks.report.Results;
import dev.parley.benchmarks.report.Target;
import dev.parley.benchmarks.run.Cores;
import dev.parley.benchmarks.run.Placement;
import dev.parley.benchmarks.run.Plan;
import dev.parley.benchmarks.run.Site;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RowsTest {
  private static final Installation INSTALLATION = Installation.ofThisJvm();

  private static Site site(Contestant... contestants) throws Exception {
    Plan plan = Plan.briefly().withRounds(1).withMillis(2);
    return new Site(plan, Cores.here(), INSTALLATION, List.of(contestants), said -> {});
  }

  /** The same programs under another name. */
  private record Renamed(String name, Contestant it) implements Contestant {
    @Override
    public String about() {
      return it.about();
    }

    @Override
    public boolean isBuilt() {
      return it.isBuilt();
    }

    @Override
    public List<String> server(Path socket) {
      return it.server(socket);
    }

    @Override
    public List<String> client(Path socket) {
      return it.client(socket);
    }
  }

  @Test
  void namesAreUnique() {
    assertThat(Rows.all()).extracting(Row::name).doesNotHaveDuplicates();
  }

  @Test
  void targetsHaveUniqueShortNames() {
    List<Target> targets = Rows.all().stream().flatMap(row -> row.targets().stream()).toList();
    assertThat(targets).extracting(Target::name).doesNotHaveDuplicates();
    assertThat(targets)
        .allSatisfy(target -> assertThat(target.name()).matches("[a-z0-9]+(-[a-z0-9]+)+"));
  }

  @Test
  void withoutFiguresNoTargetIsMet() {
    Results none = new Results(List.of());
    assertThat(Rows.all())
        .flatExtracting(Row::targets)
        .allSatisfy(target -> assertThat(target.judge(none).isMet()).isEmpty());
  }

  @Test
  void latencyIsComparedWithTheFloorInEveryPlacement() throws Exception {
    Contestant raw = new RawChannel(INSTALLATION, RawChannel.Reading.BLOCKING);
    Site site = site(new Renamed(Contestants.FLOOR, raw), new Renamed("parley-java-java", raw));
    List<Result> results = new Latency().measure(site);
    assertThat(results).hasSize(2 * site.cores().placements().size());
    assertThat(results)
        .allSatisfy(result -> assertThat(result.main().ratio(Contestants.FLOOR)).isPositive());
    double ratio =
        new Results(results)
            .of("latency", "parley-java-java")
            .in(Placement.FREE)
            .ratio("p50_ns", Contestants.FLOOR);
    assertThat(ratio).isPositive();
  }

  @Test
  void bytesASecondAreThoseOfOneWay() throws Exception {
    Contestant raw = new RawChannel(INSTALLATION, RawChannel.Reading.SELECTOR);
    List<Result> results = new Payload().measure(site(new Renamed(Contestants.FLOOR, raw)));
    assertThat(results)
        .allSatisfy(
            result ->
                assertThat(result.main().value())
                    .isCloseTo(
                        result.axes().getOrDefault(Row.SIZE, 0) * 1e9 / result.value("mean_ns"),
                        withPercentage(0.1)));
    assertThat(results).extracting(it -> it.axes().get(Row.SIZE)).contains(16 << 20);
  }
}
