package dev.parley.benchmarks.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.benchmarks.run.ProcessUse.Task;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ProcessUseTest {
  private static ProcessUse use(Map<Long, Task> threads) {
    return new ProcessUse(threads, 0);
  }

  @Test
  void whatAProcessHasDoneIsCounted() throws Exception {
    ProcessUse use = ProcessUse.of(ProcessHandle.current().pid());
    assertThat(use.threads().size()).isGreaterThan(1);
    assertThat(use.residentBytes()).isGreaterThan(1 << 20);
    assertThat(use.cpuNanosSince(use(Map.of()))).isPositive();
    assertThat(use.switchesSince(use(Map.of()))).isPositive();
  }

  @Test
  void nothingIsDoneBetweenOneMomentAndTheSame() {
    ProcessUse now = use(Map.of(1L, new Task(5, 6)));
    assertThat(now.cpuNanosSince(now)).isZero();
    assertThat(now.switchesSince(now)).isZero();
  }

  @Test
  void threadsThatHaveBegunCountAndThoseThatHaveEndedDoNotCountBackwards() {
    ProcessUse before = use(Map.of(1L, new Task(1000, 10), 2L, new Task(100, 1)));
    ProcessUse after = use(Map.of(2L, new Task(120, 3), 3L, new Task(7, 4)));
    assertThat(after.cpuNanosSince(before)).isEqualTo(27);
    assertThat(after.switchesSince(before)).isEqualTo(6);
  }

  @Test
  void twoProcessesAreAddedUp() {
    ProcessUse both = use(Map.of(1L, new Task(1, 2))).and(use(Map.of(9L, new Task(10, 20))));
    assertThat(both.cpuNanosSince(use(Map.of()))).isEqualTo(11);
    assertThat(both.switchesSince(use(Map.of()))).isEqualTo(22);
  }
}
