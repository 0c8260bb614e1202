package dev.parley.connection;

import dev.parley.v1.Code;
import dev.parley.v1.Status;
import dev.parley.wire.ChunkPool;
import dev.parley.wire.Limits;
import org.jspecify.annotations.Nullable;

/**
 * How many bytes one connection holds for its application: of requests, of messages that wait, of
 * fragments (C-11). Guarded by the connection's lock.
 */
final class HeldBytes {
  /** What fragments are put together in. */
  final ChunkPool chunks = new ChunkPool();

  private long held;

  /**
   * Counts bytes that are to be held.
   *
   * @return null, or why they may not be
   */
  @Nullable Status take(long bytes) {
    if (held + bytes > Limits.MAX_HELD) {
      return Faults.of(
          Code.RESOURCE_EXHAUSTED,
          "C-11: " + held + " bytes are held for this connection, of at most " + Limits.MAX_HELD);
    }
    held += bytes;
    return null;
  }

  /** Counts bytes that are not held any more. */
  void give(long bytes) {
    held -= bytes;
  }
}
