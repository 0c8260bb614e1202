package dev.parley.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A payload that came in several frames (F-9), in the arrays that it was gathered in. It grows with
 * the bytes that are there, never to a length that is claimed, and is never copied to grow.
 *
 * <p>Not thread-safe: it belongs to one thread at a time, which may hand it on.
 */
public final class Fragments {
  private static final int LEAST = 16 << 10;
  private static final int GROWTH = 4;

  /** With its header such an array has 1 MiB, which a collector moves nowhere. */
  private static final int MOST = (1 << 20) - 16;

  private final ChunkPool pool;
  private final List<byte[]> chunks = new ArrayList<>();
  private int size;

  /** How many bytes fit the last chunk. */
  private int room;

  public Fragments(ChunkPool pool) {
    this.pool = pool;
  }

  /** Copies bytes to the end. Whoever adds keeps the whole below 2 GiB. */
  public void add(byte[] from, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, from.length);
    int left = length;
    while (left > 0) {
      if (room == 0) {
        chunks.add(pool.take((int) Math.min(MOST, Math.max(LEAST, (long) size * GROWTH))));
        room = last().length;
      }
      byte[] chunk = last();
      int taken = Math.min(room, left);
      System.arraycopy(from, offset + length - left, chunk, chunk.length - room, taken);
      room -= taken;
      left -= taken;
      size += taken;
    }
  }

  private byte[] last() {
    return chunks.get(chunks.size() - 1);
  }

  /** How many bytes there are. */
  public int size() {
    return size;
  }

  /**
   * The message that these bytes are, which are given up.
   *
   * @throws InvalidProtocolBufferException if they are none
   */
  public <M> M parse(Parser<M> parser) throws InvalidProtocolBufferException {
    try {
      return chunks.size() == 1
          ? parser.parseFrom(chunks.get(0), 0, size)
          : parser.parseFrom(new Reader());
    } finally {
      release();
    }
  }

  /** A copy of the bytes, which stay. */
  ByteString copy() {
    ByteString.Output out = ByteString.newOutput(size);
    int left = size;
    for (byte[] chunk : chunks) {
      int length = Math.min(left, chunk.length);
      out.write(chunk, 0, length);
      left -= length;
    }
    return out.toByteString();
  }

  /** Gives the arrays up; nothing is left in this. */
  public void release() {
    chunks.forEach(pool::give);
    chunks.clear();
    size = 0;
    room = 0;
  }

  /**
   * One chunk after the other. It says how much is left, so that protobuf makes one array for a
   * long field and has it filled in place.
   */
  private final class Reader extends InputStream {
    private int chunk;
    private int at;
    private int left = size;

    @Override
    public int available() {
      return left;
    }

    @Override
    public int read() {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
      Objects.checkFromIndexSize(offset, length, into.length);
      if (left == 0) {
        return length == 0 ? 0 : -1;
      }
      byte[] from = chunks.get(chunk);
      if (at == from.length) {
        from = chunks.get(++chunk);
        at = 0;
      }
      int taken = Math.min(Math.min(length, left), from.length - at);
      System.arraycopy(from, at, into, offset, taken);
      at += taken;
      left -= taken;
      return taken;
    }
  }
}
