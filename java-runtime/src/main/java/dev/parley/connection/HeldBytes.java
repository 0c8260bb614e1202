package dev.parley.connection;

import dev.parley.v1.Code;
import dev.parley.v1.Status;
import dev.parley.wire.Limits;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * How many bytes one connection holds for its application: of requests, of messages that wait, of
 * fragments (C-11). Safe for use by many threads.
 */
final class HeldBytes {
  private final AtomicLong held = new AtomicLong();

  /**
   * Counts bytes that are to be held.
   *
   * @return null, or why they may not be
   */
  @Nullable Status take(long bytes) {
    long now = held.addAndGet(bytes);
    if (now > Limits.MAX_HELD) {
      held.addAndGet(-bytes);
      return Faults.of(
          Code.RESOURCE_EXHAUSTED,
          "C-11: "
              + (now - bytes)
              + " bytes are held for this connection, of at most "
              + Limits.MAX_HELD);
    }
    return null;
  }

  /** Counts bytes that are not held any more. */
  void give(long bytes) {
    held.addAndGet(-bytes);
  }
}
