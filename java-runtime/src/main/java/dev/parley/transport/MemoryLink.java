package dev.parley.transport;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;

/**
 * One end of a stream of bytes inside this process, bounded like a socket's and without one.
 *
 * <p>It keeps the contract of {@link Link}. No {@link Poller} takes it: it tells its own readiness
 * through {@link #onReady}.
 */
public final class MemoryLink implements Link {
  private static final int ROOM = 64 * 1024;

  private final Endpoint endpoint;
  private final Stream in;
  private final Stream out;
  private volatile boolean closed;

  private MemoryLink(Endpoint endpoint, Stream in, Stream out) {
    this.endpoint = endpoint;
    this.in = in;
    this.out = out;
  }

  /** The two ends of a new stream. */
  public record Pair(MemoryLink first, MemoryLink second) {}

  /** A new stream whose ends call their peers {@code name}. */
  public static Pair open(String name) {
    Endpoint endpoint = new Endpoint.InProcess(name);
    Stream there = new Stream();
    Stream back = new Stream();
    return new Pair(new MemoryLink(endpoint, back, there), new MemoryLink(endpoint, there, back));
  }

  /**
   * Sets what is run when there may be something to read, and when there may be room to write
   * again. They run on the thread that caused it and must not block. To be called once, before use.
   */
  public void onReady(Runnable readable, Runnable writable) {
    in.reader = readable;
    out.writer = writable;
  }

  @Override
  public int read(ByteBuffer buffer) throws IOException {
    if (closed) {
      throw new ClosedChannelException();
    }
    return in.read(buffer);
  }

  @Override
  public int write(ByteBuffer buffer) throws IOException {
    if (closed) {
      throw new ClosedChannelException();
    }
    return out.write(buffer);
  }

  @Override
  public void shutdownOutput() {
    out.end();
  }

  @Override
  public Credentials credentials() {
    return Credentials.ofThisProcess();
  }

  @Override
  public Endpoint endpoint() {
    return endpoint;
  }

  @Override
  public void close() {
    closed = true;
    out.end();
    in.abandon();
  }

  /** One direction: a ring of bytes. */
  private static final class Stream {
    private volatile Runnable reader = () -> {};
    private volatile Runnable writer = () -> {};

    // Guarded by this.
    private final byte[] ring = new byte[ROOM];
    private int start;
    private int size;
    private boolean ended;
    private boolean abandoned;

    int read(ByteBuffer buffer) {
      int taken;
      synchronized (this) {
        if (size == 0) {
          return ended ? -1 : 0;
        }
        taken = Math.min(size, buffer.remaining());
        int first = Math.min(taken, ROOM - start);
        buffer.put(ring, start, first).put(ring, 0, taken - first);
        start = (start + taken) % ROOM;
        size -= taken;
      }
      writer.run();
      return taken;
    }

    int write(ByteBuffer buffer) throws IOException {
      int taken;
      synchronized (this) {
        if (abandoned || ended) {
          throw new IOException("Broken pipe");
        }
        taken = Math.min(ROOM - size, buffer.remaining());
        int at = (start + size) % ROOM;
        int first = Math.min(taken, ROOM - at);
        buffer.get(ring, at, first).get(ring, 0, taken - first);
        size += taken;
      }
      reader.run();
      return taken;
    }

    void end() {
      synchronized (this) {
        ended = true;
      }
      reader.run();
    }

    void abandon() {
      synchronized (this) {
        abandoned = true;
      }
      writer.run();
    }
  }
}
