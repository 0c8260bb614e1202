package dev.parley.connection;

import org.jspecify.annotations.Nullable;

/**
 * One large array that is used again and again, so that each long message does not cost a new one,
 * which the machine would have to clear. Safe for use by many threads.
 */
final class SpareArray {
  private static final int MOST = 4 << 20;

  private byte @Nullable [] spare;

  /** An array of at least that size, with anything in it; the caller's until it is given back. */
  byte[] take(int size) {
    synchronized (this) {
      byte[] array = spare;
      if (array != null && array.length >= size) {
        spare = null;
        return array;
      }
    }
    return new byte[size];
  }

  /** Takes an array back that nobody looks at any more, or not behind the next {@link #take}. */
  synchronized void give(byte[] array) {
    if (array.length <= MOST && (spare == null || spare.length < array.length)) {
      spare = array;
    }
  }

  /** Lets go of it. */
  synchronized void forget() {
    spare = null;
  }
}
