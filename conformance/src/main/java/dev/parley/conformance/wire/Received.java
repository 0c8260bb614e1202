package dev.parley.conformance.wire;

import dev.parley.v1.Envelope;
import org.jspecify.annotations.Nullable;

/**
 * Something that came over the wire: a frame, bytes that are none, or the end.
 *
 * @param envelope the frame's envelope; null: no frame
 * @param size the length of the frame's body in bytes
 * @param oddity what came instead of a frame; null: a frame, or the end
 */
public record Received(@Nullable Envelope envelope, int size, @Nullable String oddity) {
  /** The connection ended. */
  public static final Received END = new Received(null, 0, null);

  static Received frame(Envelope envelope, int size) {
    return new Received(envelope, size, null);
  }

  static Received oddity(String what) {
    return new Received(null, 0, what);
  }

  public boolean isEnd() {
    return envelope == null && oddity == null;
  }

  @Override
  public String toString() {
    if (envelope != null) {
      return FrameText.of(envelope, size);
    }
    return oddity == null ? "the end" : oddity;
  }
}
