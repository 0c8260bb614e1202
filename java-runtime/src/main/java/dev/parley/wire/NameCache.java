package dev.parley.wire;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The names that came lately, so that one that comes again costs a comparison and no allocation.
 * Not thread-safe.
 *
 * <p>It holds at most {@value #SLOTS} names of at most {@value Limits#NAME} bytes, whatever a peer
 * sends. A name that is in use keeps its slot against many that come once.
 */
final class NameCache {
  private static final int SLOTS = 16;

  /** How many other names a slot's own name outlives after it came twice. */
  private static final int PATIENCE = 64;

  private final @Nullable Entry[] entries = new @Nullable Entry[SLOTS];

  private static final class Entry {
    final byte[] bytes;
    final String text;
    int patience = 1;

    Entry(byte[] bytes, String text) {
      this.bytes = bytes;
      this.text = text;
    }
  }

  /** The text in these bytes, of which there is at least one; null when they are no UTF-8. */
  @Nullable String read(byte[] in, int at, int size) {
    int end = at + size;
    // Methods of one service differ at the end.
    int slot = (size + 7 * in[end - 1] + 31 * in[at + (size >>> 1)]) & (SLOTS - 1);
    Entry entry = entries[slot];
    if (entry != null) {
      if (Arrays.equals(entry.bytes, 0, entry.bytes.length, in, at, end)) {
        entry.patience = PATIENCE;
        return entry.text;
      }
      if (--entry.patience > 0) {
        return Utf8.read(in, at, size);
      }
    }
    String text = Utf8.read(in, at, size);
    if (text != null) {
      entries[slot] = new Entry(Arrays.copyOfRange(in, at, end), text);
    }
    return text;
  }
}
