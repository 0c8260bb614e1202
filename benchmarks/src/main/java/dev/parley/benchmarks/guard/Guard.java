package dev.parley.benchmarks.guard;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.runner.RunnerException;

/**
 * Fails if an operation costs what was not recorded, more or less. Arguments: the file with what
 * was recorded, the native program, and {@code --record} to write the file instead.
 */
public final class Guard {
  private static final int WARMUPS = 2;

  /** Of a second look: a compiler that came late has an operation allocate more. */
  private static final int MANY_WARMUPS = 5;

  private final Recorded recorded;

  private Guard(Recorded recorded) {
    this.recorded = recorded;
  }

  public static void main(String[] words)
      throws IOException, InterruptedException, RunnerException {
    Path file = Path.of(words[0]);
    Instructions instructions = new Instructions(Path.of(words[1]));
    Recorded recorded = Recorded.read(file);
    if (words.length > 2 && words[2].equals("--record")) {
      recorded.with(Allocations.measure(MANY_WARMUPS)).with(instructions.measure()).write(file);
      System.out.println("recorded in " + file);
      return;
    }
    Guard guard = new Guard(recorded);
    List<String> faults = new ArrayList<>(guard.allocationFaults());
    faults.addAll(guard.faults(instructions.measure()));
    if (!faults.isEmpty()) {
      faults.forEach(System.err::println);
      System.err.println(
          "Where that is meant to be, scripts/guard --record writes it to " + file + ".");
      System.exit(1);
    }
  }

  private List<String> allocationFaults() throws RunnerException {
    List<String> faults = faults(Allocations.measure(WARMUPS));
    return faults.isEmpty() ? faults : faults(Allocations.measure(MANY_WARMUPS));
  }

  private List<String> faults(Figures measured) {
    if (recorded.compares(measured)) {
      return recorded.faults(measured);
    }
    System.out.println(
        "not compared, as none was recorded here: "
            + measured.kind().word()
            + " with "
            + measured.environment());
    return List.of();
  }
}
