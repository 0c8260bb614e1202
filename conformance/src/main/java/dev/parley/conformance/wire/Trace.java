package dev.parley.conformance.wire;

import dev.parley.conformance.v1.FrameMatch;
import dev.parley.conformance.v1.Side;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What passed over the connections of one case, in order. Safe for use by many threads.
 *
 * <p>A frame is recorded before it is passed on: whatever a peer does because of a frame stands
 * after it.
 */
public final class Trace {
  private static final int MOST_LINES = 400;

  private final List<Entry> entries = new ArrayList<>();

  /** One thing that passed, on which connection, and from which side. */
  public record Entry(int connection, Side from, Received what) {
    @Override
    public String toString() {
      String arrow = from == Side.CLIENT_SIDE ? "client >> server" : "client << server";
      return connection + " " + arrow + "  " + what;
    }
  }

  public synchronized void add(int connection, Side from, Received what) {
    entries.add(new Entry(connection, from, what));
    notifyAll();
  }

  /** A copy of what passed so far. */
  public synchronized List<Entry> entries() {
    return List.copyOf(entries);
  }

  /** How many frames like that passed so far. */
  public synchronized int count(Side from, FrameMatch wanted) {
    int count = 0;
    for (Entry entry : entries) {
      if (entry.from() == from && FrameMatching.matches(wanted, entry.what())) {
        count++;
      }
    }
    return count;
  }

  /** Waits until {@code times} frames like that have passed. */
  public synchronized void await(Side from, FrameMatch wanted, int times, TimeLimit limit)
      throws InterruptedException {
    while (count(from, wanted) < times) {
      if (limit.isOver()) {
        throw new Mismatch(
            "wanted "
                + times
                + " times on the wire from the "
                + (from == Side.CLIENT_SIDE ? "client" : "server")
                + ": "
                + FrameMatching.text(wanted)
                + "; came "
                + count(from, wanted)
                + " times");
      }
      TimeUnit.NANOSECONDS.timedWait(this, limit.nanos());
    }
  }

  /** The lines that a failure shows. */
  public synchronized List<String> lines() {
    List<String> lines = new ArrayList<>();
    for (Entry entry : entries) {
      if (lines.size() == MOST_LINES) {
        lines.add("... and " + (entries.size() - MOST_LINES) + " more");
        break;
      }
      lines.add(entry.toString());
    }
    return lines;
  }
}
