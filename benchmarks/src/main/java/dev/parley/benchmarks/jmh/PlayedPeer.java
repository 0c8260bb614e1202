package dev.parley.benchmarks.jmh;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import dev.parley.connection.Driver;
import dev.parley.connection.Timers;
import dev.parley.transport.Credentials;
import dev.parley.transport.Endpoint;
import dev.parley.transport.Link;
import dev.parley.v1.GoAway;
import dev.parley.v1.Hello;
import dev.parley.v1.Metadata;
import dev.parley.v1.Status;
import dev.parley.wire.Envelope;
import dev.parley.wire.EnvelopeCodec;
import dev.parley.wire.FrameReader;
import dev.parley.wire.FrameType;
import dev.parley.wire.Limits;
import dev.parley.wire.WireException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The other end of a connection, played in the very thread that measures: no socket, no second
 * thread, and nothing allocated for a call. What is left is what one side costs. Not thread-safe.
 */
abstract class PlayedPeer implements Link {
  private static final int ROOM = 1 << 20;

  private final FrameReader arriving = new FrameReader(Limits.MAX_FRAME);
  private final Envelope arrived = new Envelope();
  private final byte[] leaving = new byte[ROOM];
  private int leavingFrom;
  private int leavingTo;

  /** A frame of the connection that is measured; the envelope is valid only until this returns. */
  abstract void arrived(Envelope frame);

  /** Has the connection read that frame the next time. */
  final void send(Envelope frame) {
    if (leavingFrom == leavingTo) {
      leavingFrom = 0;
      leavingTo = 0;
    }
    leavingTo = EnvelopeCodec.writeFrame(frame, leaving, leavingTo);
  }

  /** Has the connection read a HELLO of level 2 that allows whatever the protocol can say. */
  final void greet() {
    MessageLite hello =
        Hello.newBuilder()
            .setVersion(1)
            .setMinVersion(1)
            .setLevel(2)
            .setMaxCalls(Integer.MAX_VALUE)
            .setWindow(Limits.UNLIMITED_WINDOW)
            .build();
    send(new Envelope().type(FrameType.HELLO).sentBy("played").payload(hello.toByteArray()));
  }

  /**
   * Has the code that all of protobuf's parsers share meet several types, as in a program that runs
   * for long: with a single one, the compiler spares it some objects.
   */
  static void useParsers() throws InvalidProtocolBufferException {
    List<MessageLite> types =
        List.of(
            Hello.getDefaultInstance(),
            GoAway.getDefaultInstance(),
            Status.getDefaultInstance(),
            Metadata.getDefaultInstance());
    for (int i = 0; i < 20_000; i++) {
      for (MessageLite type : types) {
        type.getParserForType().parseFrom(new byte[0]);
      }
    }
  }

  @Override
  public int read(ByteBuffer buffer) {
    int taken = Math.min(leavingTo - leavingFrom, buffer.remaining());
    buffer.put(leaving, leavingFrom, taken);
    leavingFrom += taken;
    return taken;
  }

  @Override
  public int write(ByteBuffer buffer) throws IOException {
    int taken = 0;
    try {
      while (buffer.hasRemaining()) {
        ByteBuffer space = arriving.space();
        int part = Math.min(space.remaining(), buffer.remaining());
        int end = buffer.limit();
        space.put(buffer.limit(buffer.position() + part));
        buffer.limit(end);
        arriving.filled(part);
        taken += part;
        while (arriving.next(arrived)) {
          arrived(arrived);
        }
      }
      return taken;
    } catch (WireException e) {
      throw new IOException(e);
    }
  }

  @Override
  public void shutdownOutput() {}

  @Override
  public Credentials credentials() {
    return Credentials.ofThisProcess();
  }

  @Override
  public Endpoint endpoint() {
    return new Endpoint.InProcess("played");
  }

  @Override
  public void close() {}

  /** Time passes, and no task is ever due. */
  static final class NothingDue implements Timers {
    private static final Timer NONE = () -> {};

    @Override
    public long now() {
      return System.nanoTime();
    }

    @Override
    public Timer at(long nanos, Runnable task) {
      return NONE;
    }
  }

  /** The benchmark reads and writes by itself. */
  static final class ByHand implements Driver {
    @Override
    public void wantsToWrite(boolean wants) {}

    @Override
    public void done() {}
  }
}
