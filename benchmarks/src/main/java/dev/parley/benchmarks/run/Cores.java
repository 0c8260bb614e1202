package dev.parley.benchmarks.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The cores that this process may use, and the pinning of others to them with taskset(1). */
public final class Cores {
  private final List<Integer> cores;
  private final boolean taskset;

  private Cores(List<Integer> cores, boolean taskset) {
    this.cores = List.copyOf(cores);
    this.taskset = taskset;
  }

  /** Reads what the kernel allows this process. */
  public static Cores here() throws IOException, InterruptedException {
    List<Integer> cores = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("Cpus_allowed_list:")) {
        for (String range : line.substring(line.indexOf(':') + 1).trim().split(",", -1)) {
          String[] ends = range.split("-", -1);
          for (int i = Integer.parseInt(ends[0]);
              i <= Integer.parseInt(ends[ends.length - 1]);
              i++) {
            cores.add(i);
          }
        }
      }
    }
    return new Cores(cores, isThere("taskset"));
  }

  private static boolean isThere(String command) throws IOException, InterruptedException {
    return new ProcessBuilder("sh", "-c", "command -v " + command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor()
        == 0;
  }

  public int count() {
    return cores.size();
  }

  /** Why a placement cannot be had here; empty when it can. */
  public String obstacle(Placement placement) {
    if (placement == Placement.FREE) {
      return "";
    }
    if (!taskset) {
      return "taskset is missing (package util-linux)";
    }
    return placement == Placement.APART && cores.size() < 2 ? "there is one core only" : "";
  }

  /** All placements that can be had here. */
  public List<Placement> placements() {
    return Arrays.stream(Placement.values())
        .filter(placement -> obstacle(placement).isEmpty())
        .toList();
  }

  /** Those of them that the kernel has no say in; where it must decide, that one. */
  public List<Placement> pinnedPlacements() {
    List<Placement> pinned =
        placements().stream().filter(placement -> placement != Placement.FREE).toList();
    return pinned.isEmpty() ? List.of(Placement.FREE) : pinned;
  }

  /** Moves a client and its server, with all their threads, to where a placement wants them. */
  public void place(Placement placement, long client, long server)
      throws IOException, InterruptedException {
    if (!taskset) {
      return;
    }
    switch (placement) {
      case FREE -> {
        pin(client, cores);
        pin(server, cores);
      }
      case TOGETHER -> {
        pin(client, cores.subList(0, 1));
        pin(server, cores.subList(0, 1));
      }
      case APART -> {
        pin(client, cores.subList(0, 1));
        pin(server, cores.subList(1, 2));
      }
    }
  }

  /**
   * The words that start a command on the client's or the server's core of {@link Placement#APART}.
   */
  public List<String> apart(boolean client) {
    if (!obstacle(Placement.APART).isEmpty()) {
      return List.of();
    }
    return List.of("taskset", "-c", cores.get(client ? 0 : 1).toString());
  }

  private static void pin(long pid, List<Integer> to) throws IOException, InterruptedException {
    String list = String.join(",", to.stream().map(String::valueOf).toList());
    Process process =
        new ProcessBuilder("taskset", "-a", "-c", "-p", list, Long.toString(pid))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (process.waitFor() != 0) {
      throw new IOException("taskset could not move process " + pid + " to " + list);
    }
  }
}
