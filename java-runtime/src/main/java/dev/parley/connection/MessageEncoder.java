package dev.parley.connection;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * Encodes messages into arrays, small ones without allocating: protobuf's encoder for streams can
 * be used again, the one for arrays cannot. Guarded by the connection's lock.
 */
final class MessageEncoder {
  /** The largest message, in bytes, that goes through the encoder that is kept. */
  private static final int SMALL = 512;

  private final Region region = new Region();

  /** Null until there is a small message, and while one is encoded. */
  private @Nullable CodedOutputStream kept;

  /** The part of an array that a message is written to. */
  private static final class Region extends OutputStream {
    private static final byte[] NONE = {};

    private byte[] array = NONE;
    private int at;
    private int end;

    void begin(byte[] array, int at, int end) {
      this.array = array;
      this.at = at;
      this.end = end;
    }

    void finish() throws IOException {
      array = NONE;
      if (at != end) {
        throw new IOException("a message is shorter than it said, by " + (end - at) + " bytes");
      }
    }

    @Override
    public void write(int b) throws IOException {
      checkRoom(1);
      array[at++] = (byte) b;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      checkRoom(length);
      System.arraycopy(bytes, offset, array, at, length);
      at += length;
    }

    private void checkRoom(int length) throws IOException {
      if (length > end - at) {
        throw new IOException("a message is longer than it said");
      }
    }
  }

  /**
   * Writes a message at {@code at}, where it takes exactly {@code size} bytes.
   *
   * @throws UncheckedIOException if it takes more or fewer
   */
  void encode(MessageLite message, int size, byte[] out, int at) {
    if (size > SMALL) {
      encodeWhole(message, size, out, at);
      return;
    }
    try {
      encodeSmall(message, size, out, at);
    } catch (IOException e) {
      throw new UncheckedIOException("an array takes every byte", e);
    }
  }

  /** As {@link #encode}, with an encoder of its own. Any thread. */
  static void encodeWhole(MessageLite message, int size, byte[] out, int at) {
    try {
      CodedOutputStream encoder = CodedOutputStream.newInstance(out, at, size);
      message.writeTo(encoder);
      encoder.checkNoSpaceLeft();
    } catch (IOException e) {
      throw new UncheckedIOException("an array takes every byte", e);
    }
  }

  private void encodeSmall(MessageLite message, int size, byte[] out, int at) throws IOException {
    CodedOutputStream encoder = kept;
    // Put back at the end only: one that a message has thrown out of holds a part of it.
    kept = null;
    if (encoder == null) {
      encoder = CodedOutputStream.newInstance(region, SMALL);
    }
    region.begin(out, at, at + size);
    message.writeTo(encoder);
    encoder.flush();
    region.finish();
    kept = encoder;
  }
}
