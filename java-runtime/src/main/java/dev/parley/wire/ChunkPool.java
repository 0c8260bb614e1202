package dev.parley.wire;

import java.util.ArrayDeque;

/**
 * Arrays that {@link Fragments} are gathered in and that are used again, so that each long message
 * does not cost new ones, which the machine would have to clear. Safe for use by many threads.
 */
public final class ChunkPool {
  /** How many bytes are kept at most. */
  private static final int MOST = 4 << 20;

  private final ArrayDeque<byte[]> chunks = new ArrayDeque<>();
  private int kept;

  /** An array with anything in it: of {@code size} bytes if a new one is made, else of any size. */
  byte[] take(int size) {
    synchronized (chunks) {
      byte[] chunk = chunks.pollLast();
      if (chunk != null) {
        kept -= chunk.length;
        return chunk;
      }
    }
    return new byte[size];
  }

  /** Takes an array back that nobody looks at any more. */
  void give(byte[] chunk) {
    synchronized (chunks) {
      if (kept + chunk.length <= MOST) {
        chunks.addLast(chunk);
        kept += chunk.length;
      }
    }
  }

  /** Lets go of all that is kept. */
  public void forget() {
    synchronized (chunks) {
      chunks.clear();
      kept = 0;
    }
  }
}
