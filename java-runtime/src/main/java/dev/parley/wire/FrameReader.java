package dev.parley.wire;

import dev.parley.v1.Code;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A stream of bytes, cut into frames.
 *
 * <p>The owner reads into {@link #space}, tells how much came by {@link #filled}, and takes frames
 * by {@link #next} until there is no whole one left. One owner at a time; not thread-safe.
 *
 * <p>The buffer grows with the bytes that came, at most fourfold at a time, never to a length that
 * a peer merely claims, and never beyond one largest frame. {@link #release} gives it up, so that
 * an idle connection holds none.
 */
public final class FrameReader {
  private static final int FIRST_CAPACITY = 16 << 10;
  private static final int GROWTH = 4;
  private static final byte[] NONE = {};

  /** What an array holds, with room for N's own bytes. */
  private static final int HIGHEST_LIMIT = Integer.MAX_VALUE - 64;

  private int limit;
  private byte[] buffer = NONE;
  private @Nullable ByteBuffer view;
  private int start;
  private int end;
  private int frameBytes;

  /**
   * @param limit the largest N that is taken: {@link Limits#HELLO_FRAME} until the peer's HELLO
   */
  public FrameReader(int limit) {
    limit(limit);
  }

  /** Sets the largest N that is taken from the next frame on (F-2). */
  public void limit(int limit) {
    if (limit < 1) {
      throw new IllegalArgumentException("F-2: limit of " + limit + " bytes");
    }
    this.limit = Math.min(limit, HIGHEST_LIMIT);
  }

  /**
   * Room for at least one byte, to be read into. Regions that {@link #next} gave out are invalid
   * from here on. To be called when {@code next} has said false.
   */
  public ByteBuffer space() {
    if (start == end) {
      start = 0;
      end = 0;
    } else if (start > 0) {
      System.arraycopy(buffer, start, buffer, 0, end - start);
      end -= start;
      start = 0;
    }
    if (end == buffer.length) {
      grow();
    }
    ByteBuffer room = view;
    if (room == null) {
      room = ByteBuffer.wrap(buffer);
      view = room;
    }
    return room.limit(buffer.length).position(end);
  }

  private void grow() {
    if (end == 0) {
      resize(FIRST_CAPACITY);
      return;
    }
    long wanted = EnvelopeCodec.LENGTH_SIZE + (length() & 0xffffffffL);
    if (wanted <= end || wanted > EnvelopeCodec.LENGTH_SIZE + (long) limit) {
      throw new IllegalStateException("the buffer is full of frames that were not taken");
    }
    resize((int) Math.min(wanted, (long) buffer.length * GROWTH));
  }

  private void resize(int capacity) {
    buffer = Arrays.copyOf(buffer, capacity);
    view = null;
  }

  /** Says that {@code n} bytes were put at the beginning of {@link #space}. */
  public void filled(int n) {
    Objects.checkFromIndexSize(end, n, buffer.length);
    end += n;
  }

  /** Adds bytes that came by another way than {@link #space}, whatever their number. */
  public void feed(byte[] bytes, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    if (length == 0) {
      return;
    }
    if (end - start + length > buffer.length) {
      byte[] larger = new byte[Math.max(FIRST_CAPACITY, end - start + length)];
      System.arraycopy(buffer, start, larger, 0, end - start);
      end -= start;
      start = 0;
      buffer = larger;
      view = null;
    }
    space().put(bytes, offset, length);
    filled(length);
  }

  /**
   * Takes the next whole frame, if there is one.
   *
   * @param into gets the envelope; its payload is a region of this reader's buffer, valid until the
   *     next {@link #space}, {@link #feed} or {@link #release}
   * @throws WireException when the frame breaks a rule; nothing may be taken after that
   */
  public boolean next(Envelope into) throws WireException {
    int available = end - start - EnvelopeCodec.LENGTH_SIZE;
    if (available < 0) {
      return false;
    }
    int n = length();
    if (n <= 0 || n > limit) {
      throw badLength(n);
    }
    if (n > available) {
      return false;
    }
    int from = start + EnvelopeCodec.LENGTH_SIZE;
    start = from + n;
    frameBytes = EnvelopeCodec.LENGTH_SIZE + n;
    EnvelopeCodec.decode(buffer, from, start, into);
    return true;
  }

  /** The size of the frame that {@link #next} took last, N's own bytes included. */
  public int frameBytes() {
    return frameBytes;
  }

  /** Whether bytes wait for more: after {@link #next} said false, part of a frame (F-4). */
  public boolean midFrame() {
    return end > start;
  }

  /** Gives up the buffer unless part of a frame is in it. */
  public void release() {
    if (start == end) {
      buffer = NONE;
      view = null;
      start = 0;
      end = 0;
    }
  }

  /** How much memory this reader holds, in bytes. */
  int capacity() {
    return buffer.length;
  }

  private int length() {
    byte[] in = buffer;
    int at = start;
    return (in[at] << 24)
        | (in[at + 1] & 0xff) << 16
        | (in[at + 2] & 0xff) << 8
        | (in[at + 3] & 0xff);
  }

  private WireException badLength(int n) {
    if (n == 0) {
      return new WireException(
          "F-2", Code.INTERNAL, "frame of 0 bytes, an envelope has at least 1");
    }
    String guess = guess(n);
    return new WireException(
        "F-2",
        Code.RESOURCE_EXHAUSTED,
        "frame of "
            + Integer.toUnsignedString(n)
            + " bytes is over the limit of "
            + limit
            + (guess == null ? "" : "; its length reads like the beginning of " + guess));
  }

  /** What speaks where a length of {@code n} is read; null when there is no telling. */
  private static @Nullable String guess(int n) {
    return switch (n) {
      case 0x47455420, // "GET "
          0x504f5354, // "POST"
          0x48454144, // "HEAD"
          0x50555420, // "PUT "
          0x44454c45, // "DELE"
          0x4f505449, // "OPTI"
          0x434f4e4e -> // "CONN"
          "an HTTP request";
      case 0x48545450 -> "an HTTP response"; // "HTTP"
      case 0x50524920 -> "an HTTP/2 connection"; // "PRI "
      default -> n >>> 16 == 0x1603 ? "a TLS handshake" : null;
    };
  }
}
