package dev.parley.benchmarks.contestant;

import java.nio.file.Path;
import java.util.List;

/** Two C programs with nothing on top of the socket, in one way to wait for its bytes. */
public final class Floor implements Contestant {
  /** How they wait. */
  public enum Reading {
    /** In the kernel's blocking read: the floor that ratios are taken to. */
    BLOCKING("floor-blocking", "blocking", "C, blocking read"),
    /** Spinning: the least that a socket allows; each end needs a core of its own. */
    SPINNING("floor-spinning", "spin", "C, spinning on a non-blocking read"),
    /** Spinning that leaves the core to others between two looks: one core is enough. */
    YIELDING("floor-yielding", "yield", "C, non-blocking read with sched_yield");

    private final String name;
    private final String word;
    private final String about;

    Reading(String name, String word, String about) {
      this.name = name;
      this.word = word;
      this.about = about;
    }
  }

  private static final String PROGRAM = "floor";

  private final Installation installation;
  private final Reading reading;

  public Floor(Installation installation, Reading reading) {
    this.installation = installation;
    this.reading = reading;
  }

  @Override
  public String name() {
    return reading.name;
  }

  @Override
  public String about() {
    return reading.about;
  }

  @Override
  public boolean isBuilt() {
    return installation.hasProgram(PROGRAM);
  }

  @Override
  public List<String> server(Path socket) {
    return installation.program(PROGRAM, "server", socket, "--read", reading.word);
  }

  @Override
  public List<String> client(Path socket) {
    return installation.program(PROGRAM, "client", socket, "--read", reading.word);
  }

  @Override
  public boolean needsOwnCores() {
    return reading == Reading.SPINNING;
  }
}
