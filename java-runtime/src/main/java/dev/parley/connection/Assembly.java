package dev.parley.connection;

import dev.parley.v1.Status;
import dev.parley.wire.Envelope;
import dev.parley.wire.Fragments;
import org.jspecify.annotations.Nullable;

/**
 * A message that is put together from the fragments that have come (F-9). Guarded by the
 * connection's lock.
 */
final class Assembly {
  private final String what;
  private final long limit;
  private final HeldBytes heldBytes;

  /** Null when the message is whole, or dropped. */
  private @Nullable Fragments fragments;

  /**
   * @param what is put together, for messages to people
   * @param limit the longest message that is taken
   */
  Assembly(String what, long limit, HeldBytes heldBytes) {
    this.what = what;
    this.limit = limit;
    this.heldBytes = heldBytes;
    this.fragments = new Fragments(heldBytes.chunks);
  }

  /**
   * Adds a fragment.
   *
   * @return null, or why the message cannot be taken (C-11)
   */
  @Nullable Status add(Envelope fragment) {
    Fragments gathered = fragments;
    if (gathered == null) {
      throw new IllegalStateException("the " + what + " is whole already");
    }
    long whole = (long) gathered.size() + fragment.payloadLength();
    if (whole > Math.min(limit, Integer.MAX_VALUE - 8)) {
      return Faults.tooLarge(what, whole, limit);
    }
    Status full = heldBytes.take(fragment.payloadLength());
    if (full != null) {
      return full;
    }
    gathered.add(fragment.payloadArray(), fragment.payloadOffset(), fragment.payloadLength());
    return null;
  }

  /**
   * Makes the envelope of the last fragment that of the whole message; nothing is held then, and
   * the bytes are that envelope's.
   */
  void finish(Envelope last) {
    Fragments gathered = fragments;
    if (gathered != null) {
      fragments = null;
      heldBytes.give(gathered.size());
      last.payload(gathered);
    }
  }

  /** Nothing is held any more. */
  void drop() {
    Fragments gathered = fragments;
    if (gathered != null) {
      fragments = null;
      heldBytes.give(gathered.size());
      gathered.release();
    }
  }
}
