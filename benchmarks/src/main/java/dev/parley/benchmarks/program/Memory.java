package dev.parley.benchmarks.program;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;

/** {@code memory}: what is left on the heap after a collection. */
final class Memory implements Command {
  @Override
  public String word() {
    return "memory";
  }

  @Override
  public int arguments() {
    return 0;
  }

  @Override
  public Figures run(EchoClient client, int[] arguments) {
    return figures();
  }

  /** The same of a program that is no client. */
  static Figures figures() {
    MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    // The second one takes what the first has only made collectable, as references and cleaners do.
    memory.gc();
    memory.gc();
    return Figures.of("heap_bytes", memory.getHeapMemoryUsage().getUsed());
  }
}
