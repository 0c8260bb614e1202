package dev.parley.connection;

import dev.parley.v1.Code;
import dev.parley.v1.Status;
import dev.parley.wire.Limits;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The bound on how long a frame may take that has begun (F-4). It belongs to the holder of the
 * reading role; only the timer it sets runs elsewhere.
 */
final class FrameWatch {
  private final Timers timers;
  private final Consumer<Status> fail;
  private Timers.@Nullable Timer timer;

  FrameWatch(Timers timers, Consumer<Status> fail) {
    this.timers = timers;
    this.fail = fail;
  }

  /** A frame is whole. */
  void whole() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  /** There is nothing more to read now; {@code midFrame}: and a frame has begun. */
  void look(boolean midFrame) {
    if (midFrame && timer == null) {
      timer = timers.at(timers.now() + Limits.FRAME_NANOS, this::timedOut);
    }
  }

  private void timedOut() {
    fail.accept(
        Faults.of(
            Code.DEADLINE_EXCEEDED,
            "F-4: a frame was not whole "
                + Limits.FRAME_NANOS / 1_000_000_000L
                + " s after its first byte"));
  }
}
