package dev.parley.connection.simulation;

import com.google.protobuf.ByteString;
import dev.parley.connection.Settings;
import java.time.Duration;

/**
 * What a seed stands for: how bytes travel, what each side says of itself, how much happens, and
 * how it ends.
 *
 * @param there how bytes travel from the connecting side
 * @param back how bytes travel to the connecting side
 * @param timely whether bytes travel fast enough that no time-out of the protocol's can pass
 * @param actions how many things the applications of both sides do
 * @param largest the largest message that they send, in bytes
 */
record Scenario(
    Carriage there,
    Carriage back,
    boolean timely,
    Settings connecting,
    Settings accepting,
    int interleaving,
    int actions,
    int largest,
    Ending ending) {

  /** How the connection comes to its end. */
  enum Ending {
    /**
     * First everything ends by itself, and what has to be true of an idle connection is checked.
     */
    AT_REST,
    CLOSE_MIDWAY,
    ABORT_MIDWAY,
    CUT
  }

  /**
   * How one direction treats bytes.
   *
   * @param room how many may be on their way
   * @param largestSlice the most that one read or write takes; 0 for all there is
   * @param longestDelay how late a slice may come, in nanoseconds
   * @param stalls how many slices in a thousand stand still for long
   * @param longestStall how long, in nanoseconds
   */
  record Carriage(int room, int largestSlice, long longestDelay, int stalls, long longestStall) {
    int slice(World world, int most) {
      if (largestSlice == 0) {
        return most;
      }
      return world.between(1, Math.min(largestSlice, most));
    }

    long delay(World world) {
      boolean stall = stalls > 0 && world.between(1, 1000) <= stalls;
      return world.skewed(stall ? longestStall : longestDelay);
    }
  }

  static Scenario draw(World world) {
    boolean timely = world.chance(70);
    Carriage there = carriage(world, timely);
    Carriage back = carriage(world, timely);
    boolean fine = isFine(there) || isFine(back);
    return new Scenario(
        there,
        back,
        timely,
        settings(world, Settings.ofConnecting("connecting")),
        settings(world, Settings.ofAccepting("accepting")),
        world.pick(0, 0, 10, 30, 60),
        world.pick(3, 10, 25, 50),
        fine ? 2_000 : world.pick(100, 20_000, 100_000, 300_000),
        ending(world));
  }

  /** Whether bytes come in such small slices that large messages would take too many. */
  private static boolean isFine(Carriage carriage) {
    return carriage.room < 4_096 || (carriage.largestSlice > 0 && carriage.largestSlice < 1_000);
  }

  private static Ending ending(World world) {
    int number = world.between(0, 9);
    if (number < 4) {
      return Ending.AT_REST;
    }
    if (number < 6) {
      return Ending.CLOSE_MIDWAY;
    }
    return number < 7 ? Ending.ABORT_MIDWAY : Ending.CUT;
  }

  private static Carriage carriage(World world, boolean timely) {
    int room = world.pick(64, 1_000, 8_192, 65_536, 300_000);
    int slice = world.pick(0, 0, 1, 7, 1_000, 50_000);
    if (timely) {
      return new Carriage(room, slice, world.pick(0, 1_000, 100_000), 0, 0);
    }
    return new Carriage(
        room,
        slice,
        world.pick(0, 100_000, 20_000_000),
        world.pick(0, 1, 10),
        Duration.ofSeconds(world.pick(1, 10, 100)).toNanos());
  }

  private static Settings settings(World world, Settings defaults) {
    return defaults
        .withMaxFrame(world.pick(16_384, 20_000, 65_536, 4 << 20))
        .withMaxMessage(world.pick(1_000, 50_000, 200_000, 64 << 20))
        .withWindow(world.pick(1, 100, 5_000, 262_144))
        .withMaxCalls(world.pick(1, 2, 5, 1_024))
        .withPayload(ByteString.copyFrom(new byte[world.pick(0, 0, 100, 8_192)]))
        .withDrainTimeout(Duration.ofMillis(world.pick(0, 10, 1_000, 60_000)));
  }
}
