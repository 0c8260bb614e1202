package dev.parley.benchmarks.contestant;

import dev.parley.benchmarks.raw.RawEcho;
import java.nio.file.Path;
import java.util.List;

/** Bare JDK channels, in one way to wait for bytes. */
public final class RawChannel implements Contestant {
  /** How they wait. */
  public enum Reading {
    BLOCKING("blocking", "Java channel, blocking read"),
    SELECTOR("selector", "Java channel, Selector"),
    POLLING("polling", "Java channel, polling with Thread.yield for 50 us, then Selector");

    private final String word;
    private final String about;

    Reading(String word, String about) {
      this.word = word;
      this.about = about;
    }
  }

  private final Installation installation;
  private final Reading reading;

  public RawChannel(Installation installation, Reading reading) {
    this.installation = installation;
    this.reading = reading;
  }

  @Override
  public String name() {
    return "raw-java-" + reading.word;
  }

  @Override
  public String about() {
    return reading.about;
  }

  @Override
  public boolean isBuilt() {
    return true;
  }

  @Override
  public List<String> server(Path socket) {
    return installation.java(RawEcho.class, "server", socket, "--read", reading.word);
  }

  @Override
  public List<String> client(Path socket) {
    return installation.java(RawEcho.class, "client", socket, "--read", reading.word);
  }

  @Override
  public int warmUpMillis() {
    return 1000;
  }
}
