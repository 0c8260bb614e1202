package dev.parley.connection.simulation;

import dev.parley.connection.simulation.Scenario.Carriage;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * One direction of a connection: bytes on their way, in pieces, late, and perhaps cut off.
 *
 * <p>It keeps what the kernel promises of a stream socket: bytes arrive in order, a reader gets
 * what arrived before the end, a writer of a broken connection gets an error.
 */
final class Pipe {
  private final World world;
  private final Carriage carriage;
  private final WireTap tap;

  /** The bytes between those read and those written, in a ring. */
  private final byte[] ring;

  private long written;
  private long arrived;
  private long read;
  private long lastArrival;

  /** The bytes after which the connection is cut, by what is written here. */
  private long cutAfter = Long.MAX_VALUE;

  private Runnable cut = () -> {};
  private Runnable readable = () -> {};
  private Runnable writable = () -> {};

  private boolean ended;
  private boolean endArrived;
  private boolean reset;
  private boolean broken;
  private boolean swallows;

  Pipe(World world, Carriage carriage, WireTap tap) {
    this.world = world;
    this.carriage = carriage;
    this.tap = tap;
    ring = new byte[carriage.room()];
  }

  /** Sets who is told that there may be something to read, or room. */
  void tell(Runnable readable, Runnable writable) {
    this.readable = readable;
    this.writable = writable;
  }

  /** Has {@code cut} run, once, when {@code bytes} have been written. */
  void cutAfter(long bytes, Runnable cut) {
    cutAfter = bytes;
    this.cut = cut;
  }

  // --- The writer's end ---------------------------------------------------------------------

  int write(ByteBuffer from) throws IOException {
    if (swallows) {
      // The kernel took them, and the peer was gone.
      int taken = slice(from.remaining());
      tap.wrote(from, taken);
      from.position(from.position() + taken);
      return taken;
    }
    if (!broken && written >= cutAfter) {
      cutAfter = Long.MAX_VALUE;
      cut.run();
      return write(from);
    }
    if (broken || ended) {
      throw new IOException("Broken pipe");
    }
    long room = Math.min(ring.length - (written - read), cutAfter - written);
    int taken = slice((int) Math.min(room, from.remaining()));
    tap.wrote(from, taken);
    if (taken > 0) {
      int at = (int) (written % ring.length);
      int first = Math.min(taken, ring.length - at);
      from.get(ring, at, first).get(ring, 0, taken - first);
      written += taken;
      long whole = written;
      lastArrival = Math.max(lastArrival, world.now() + carriage.delay(world));
      world.at(lastArrival, () -> arrive(whole));
    }
    return taken;
  }

  boolean isWritable() {
    return broken || ended || swallows || written - read < ring.length;
  }

  /** The writer's side writes no more. */
  void end() {
    if (!ended && !broken) {
      ended = true;
      lastArrival = Math.max(lastArrival, world.now() + carriage.delay(world));
      world.at(
          lastArrival,
          () -> {
            arrived = written;
            endArrived = true;
            readable.run();
          });
    }
  }

  // --- The reader's end ---------------------------------------------------------------------

  int read(ByteBuffer to) throws IOException {
    if (read == arrived) {
      if (endArrived && reset) {
        throw new IOException("Connection reset by peer");
      }
      return endArrived ? -1 : 0;
    }
    int taken = slice((int) Math.min(arrived - read, to.remaining()));
    int at = (int) (read % ring.length);
    int first = Math.min(taken, ring.length - at);
    to.put(ring, at, first).put(ring, 0, taken - first);
    read += taken;
    world.after(world.skewed(1_000), writable);
    return taken;
  }

  boolean isReadable() {
    return read < arrived || endArrived;
  }

  /** The reader's side reads no more; whether bytes were lost by it. */
  boolean abandon() {
    broken = true;
    swallows = false;
    world.after(0, writable);
    return read < written;
  }

  // --- The end of the connection ------------------------------------------------------------

  /** Of what is on its way only the first part still arrives. Then the end. */
  void cut() {
    if (endArrived) {
      return;
    }
    long last = arrived + world.skewed(written - arrived);
    written = Math.min(written, last);
    broken = !world.chance(30);
    swallows = !broken;
    reset = world.chance(50);
    ended = true;
    world.after(
        carriage.delay(world),
        () -> {
          arrived = written;
          endArrived = true;
          readable.run();
        });
    if (swallows) {
      world.after(world.skewed(50_000_000), this::abandon);
    }
    world.after(0, writable);
  }

  /** What was written still arrives; a writer is told that it writes no more. */
  void breakOff() {
    broken = true;
    ended = true;
    lastArrival = Math.max(lastArrival, world.now());
    world.at(
        lastArrival,
        () -> {
          arrived = written;
          endArrived = true;
          readable.run();
        });
    world.after(0, writable);
  }

  /** How many bytes were read. */
  long read() {
    return read;
  }

  /** The other side has gone with bytes unread: after what arrived, an error. */
  void resetByPeer() {
    reset = true;
  }

  private void arrive(long whole) {
    long until = Math.min(whole, written);
    if (until > arrived) {
      arrived = until;
      readable.run();
    }
  }

  private int slice(int most) {
    return most <= 1 ? Math.max(0, most) : carriage.slice(world, most);
  }
}
