package dev.parley.connection.simulation;

import dev.parley.transport.Credentials;
import dev.parley.transport.Endpoint;
import dev.parley.transport.Link;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;

/** One end of two {@link Pipe}s. */
final class SimulatedLink implements Link {
  private static final Credentials NOBODY = Credentials.ofThisProcess();

  private final World world;
  private final Pipe in;
  private final Pipe out;
  private boolean closed;
  private boolean writing;
  private boolean reading;

  SimulatedLink(World world, Pipe in, Pipe out) {
    this.world = world;
    this.in = in;
    this.out = out;
  }

  @Override
  public int read(ByteBuffer buffer) throws IOException {
    world.check(!reading, "two threads read one link");
    reading = true;
    try {
      world.interleave();
      checkOpen();
      return in.read(buffer);
    } finally {
      reading = false;
    }
  }

  @Override
  public int write(ByteBuffer buffer) throws IOException {
    world.check(!writing, "two threads write one link");
    writing = true;
    try {
      world.interleave();
      checkOpen();
      int taken = out.write(buffer);
      world.interleave();
      return taken;
    } finally {
      writing = false;
    }
  }

  private void checkOpen() throws ClosedChannelException {
    if (closed) {
      throw new ClosedChannelException();
    }
  }

  @Override
  public void shutdownOutput() throws IOException {
    checkOpen();
    world.interleave();
    out.end();
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      if (in.abandon()) {
        out.resetByPeer();
      }
      out.end();
    }
  }

  /** Whether a read would give bytes, the end, or an error. */
  boolean isReadable() {
    return !closed && in.isReadable();
  }

  /** Whether a write would take bytes, or give an error. */
  boolean isWritable() {
    return !closed && out.isWritable();
  }

  boolean isClosed() {
    return closed;
  }

  @Override
  public Credentials credentials() {
    return NOBODY;
  }

  @Override
  public Endpoint endpoint() {
    return new Endpoint.InProcess("simulated");
  }
}
