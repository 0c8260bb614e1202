package dev.parley.connection.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Time, chance, and what happens next: one thread plays all threads of both processes.
 *
 * <p>Everything that happens is an event with a time; among those of one time chance decides.
 * Wherever the connection under test lets go of its lock and calls out, {@link #interleave} may run
 * further events inside that call, as other threads would while it lasts. So the races that threads
 * have are here too, and the seed decides them.
 */
final class World {
  /** Far more than any seed needs: a world that never comes to rest is a finding. */
  private static final int MOST_EVENTS = 2_000_000;

  private static final int DEEPEST = 3;

  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private final Random random;
  private final List<String> journal = new ArrayList<>();
  private final boolean writesJournal;
  private long now = 1_000_000_000_000L;
  private final long beginning = now;
  private int count;
  private int depth;
  private int interleaving;
  private @Nullable Throwable failure;

  /** Something that will happen, unless it is taken back. */
  final class Event implements Comparable<Event> {
    private final long at;
    private final int tie = random.nextInt();
    private final int order = ++count;
    private final Runnable action;

    Event(long at, Runnable action) {
      this.at = at;
      this.action = action;
    }

    @Override
    public int compareTo(Event other) {
      int byTime = Long.compare(at, other.at);
      int byChance = byTime != 0 ? byTime : Integer.compare(tie, other.tie);
      return byChance != 0 ? byChance : Integer.compare(order, other.order);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return order;
    }

    /** Takes it back; false if it has happened. */
    boolean takeBack() {
      return events.remove(this);
    }
  }

  /**
   * @param writesJournal whether to keep the lines that tell what happened
   */
  World(long seed, boolean writesJournal) {
    random = new Random(seed * 0x9E3779B97F4A7C15L);
    this.writesJournal = writesJournal;
  }

  /** How likely a call out of a connection is interleaved with other events, in percent. */
  void interleaving(int percent) {
    interleaving = percent;
  }

  // --- Chance -------------------------------------------------------------------------------

  boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  /** From {@code least} to {@code most}, both included. */
  int between(int least, int most) {
    return least + random.nextInt(most - least + 1);
  }

  /** From 0 to {@code most}, each order of magnitude as likely as the next. */
  long skewed(long most) {
    long bound = most >> random.nextInt(Math.max(1, 64 - Long.numberOfLeadingZeros(most)));
    return (long) (random.nextDouble() * (bound + 1));
  }

  int pick(int... choices) {
    return choices[random.nextInt(choices.length)];
  }

  // --- Time ---------------------------------------------------------------------------------

  long now() {
    return now;
  }

  /** Lets {@code action} happen once the time is {@code at}, at once if it has passed. */
  Event at(long at, Runnable action) {
    Event event = new Event(Math.max(at, now), action);
    events.add(event);
    return event;
  }

  Event after(long nanos, Runnable action) {
    return at(now + nanos, action);
  }

  /** Lets everything happen until nothing is left to happen. */
  void rest() {
    while (!events.isEmpty()) {
      next();
    }
  }

  private void next() {
    check(count < MOST_EVENTS, "the two sides do not come to rest");
    Event event = events.remove();
    now = Math.max(now, event.at);
    event.action.run();
    if (failure != null) {
      throw new AssertionError(failure.getMessage(), failure);
    }
  }

  /** What other threads may do while a call out of a connection lasts. */
  void interleave() {
    if (depth >= DEEPEST || !chance(interleaving)) {
      return;
    }
    depth++;
    long until = now + skewed(1_000_000);
    for (int turns = between(1, 4);
        turns > 0 && !events.isEmpty() && events.peek().at <= until;
        turns--) {
      next();
    }
    depth--;
  }

  // --- What is seen -------------------------------------------------------------------------

  /** Holds the world to an invariant. Its breach is kept, whoever may catch it on the way. */
  @SuppressWarnings("AnnotateFormatMethod")
  void check(boolean holds, String invariant, Object... details) {
    if (!holds) {
      AssertionError breach = new AssertionError(String.format(invariant, details));
      if (failure == null) {
        failure = breach;
      }
      throw breach;
    }
  }

  /** Writes a line of the journal. */
  @SuppressWarnings("AnnotateFormatMethod")
  void tell(String line, Object... details) {
    if (writesJournal) {
      journal.add(
          String.format("%12.6f ms  %s", (now - beginning) / 1e6, String.format(line, details)));
    }
  }

  List<String> journal() {
    return journal;
  }
}
