package dev.parley.benchmarks.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the kernel has counted of a process so far, thread by thread, from /proc.
 *
 * @param threads by their ids
 * @param residentBytes how much of the process is in memory
 */
public record ProcessUse(Map<Long, Task> threads, long residentBytes) {
  /**
   * What it has counted of a thread.
   *
   * @param cpuNanos the time that it ran
   * @param switches how often it went to sleep by itself
   */
  public record Task(long cpuNanos, long switches) {}

  /** Reads it. */
  public static ProcessUse of(long pid) throws IOException {
    Path process = Path.of("/proc", Long.toString(pid));
    Map<Long, Task> threads = new HashMap<>();
    try (var tasks = Files.list(process.resolve("task"))) {
      for (Path task : tasks.toList()) {
        try {
          threads.put(Long.valueOf(task.getFileName().toString()), thread(task));
        } catch (NoSuchFileException e) {
          // The thread has ended meanwhile.
        }
      }
    }
    long kibibytes = field(Files.readAllLines(process.resolve("status")), "VmRSS:");
    return new ProcessUse(threads, kibibytes * 1024);
  }

  private static Task thread(Path task) throws IOException {
    // The clock ticks of `stat` are too coarse for a hundredth of a core.
    String[] scheduled = Files.readString(task.resolve("schedstat")).split(" ", 2);
    long switches = field(Files.readAllLines(task.resolve("status")), "voluntary_ctxt_switches:");
    return new Task(Long.parseLong(scheduled[0]), switches);
  }

  /**
   * How long threads ran since {@code before}. A thread that has ended since is missing, also with
   * what it had done before: the JVM's compiler has such.
   */
  public long cpuNanosSince(ProcessUse before) {
    return threads.entrySet().stream()
        .mapToLong(it -> it.getValue().cpuNanos() - before.thread(it.getKey()).cpuNanos())
        .sum();
  }

  /** How often threads went to sleep since {@code before}. */
  public long switchesSince(ProcessUse before) {
    return threads.entrySet().stream()
        .mapToLong(it -> it.getValue().switches() - before.thread(it.getKey()).switches())
        .sum();
  }

  private Task thread(Long id) {
    return threads.getOrDefault(id, new Task(0, 0));
  }

  /** Two processes as one. */
  public ProcessUse and(ProcessUse other) {
    Map<Long, Task> all = new HashMap<>(threads);
    all.putAll(other.threads);
    return new ProcessUse(all, residentBytes + other.residentBytes);
  }

  private static long field(List<String> lines, String name) throws IOException {
    for (String line : lines) {
      if (line.startsWith(name)) {
        return Long.parseLong(line.substring(name.length()).trim().split("\\s", 2)[0]);
      }
    }
    throw new IOException("the kernel does not tell " + name);
  }
}
