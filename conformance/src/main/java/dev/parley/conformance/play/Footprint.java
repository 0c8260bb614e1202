package dev.parley.conformance.play;

import dev.parley.conformance.wire.Mismatch;
import dev.parley.conformance.wire.TimeLimit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** What a process holds of the machine, by the kernel's word: memory and descriptors. Immutable. */
final class Footprint {
  private static final long POLL_NANOS = 5_000_000;

  private final Path process;
  private final long kilobytes;
  private final long descriptors;

  Footprint(long pid) throws IOException {
    this.process = Path.of("/proc", Long.toString(pid));
    this.kilobytes = kilobytes();
    this.descriptors = descriptors();
  }

  private long kilobytes() throws IOException {
    for (String line : Files.readAllLines(process.resolve("status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", ""));
      }
    }
    throw new IOException("no VmRSS of " + process);
  }

  private long descriptors() throws IOException {
    try (Stream<Path> all = Files.list(process.resolve("fd"))) {
      return all.count();
    }
  }

  void checkGrownLessThan(int megabytes) throws IOException {
    long grown = (kilobytes() - kilobytes) / 1024;
    if (grown >= megabytes) {
      throw new Mismatch(
          "the peer's process grew by " + grown + " MiB, wanted less than " + megabytes);
    }
  }

  /** Waits until the process holds no more descriptors than it did. */
  void awaitDescriptors(TimeLimit limit) throws IOException {
    long held = descriptors();
    while (held > descriptors) {
      if (limit.isOver()) {
        throw new Mismatch("the peer held " + descriptors + " descriptors, now it holds " + held);
      }
      LockSupport.parkNanos(POLL_NANOS);
      held = descriptors();
    }
  }
}
