package dev.parley.conformance.wire;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.parley.conformance.v1.Closed;
import dev.parley.conformance.v1.FrameMatch;
import dev.parley.conformance.v1.Side;
import dev.parley.v1.Envelope;
import dev.parley.v1.Hello;
import dev.parley.v1.Status;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A connection that the runner plays by hand: whatever bytes it likes go out, and what comes in is
 * cut into frames by a thread of its own.
 *
 * <p>To be used by one thread; {@link #close} may come from any other, and ends what waits.
 */
public final class RawConnection implements AutoCloseable {
  private final SocketChannel channel;
  private final Side own;
  private final int number;
  private final Trace trace;
  private final BlockingQueue<Received> received = new LinkedBlockingQueue<>();
  private final Thread reader;
  private final FrameSplitter sent;
  private long pings;

  /** Takes the channel over; {@code own} is the side that the runner plays on it. */
  public RawConnection(SocketChannel channel, Side own, int number, Trace trace) {
    this.channel = channel;
    this.own = own;
    this.number = number;
    this.trace = trace;
    this.sent = new FrameSplitter(frame -> trace.add(number, own, frame));
    this.reader = new Thread(this::read, "raw-connection-" + number);
    reader.setDaemon(true);
    reader.start();
  }

  public static RawConnection connect(Path path, int number, Trace trace) throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      channel.connect(UnixDomainSocketAddress.of(path));
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    return new RawConnection(channel, Side.CLIENT_SIDE, number, trace);
  }

  private Side other() {
    return own == Side.CLIENT_SIDE ? Side.SERVER_SIDE : Side.CLIENT_SIDE;
  }

  private void read() {
    FrameSplitter splitter =
        new FrameSplitter(
            frame -> {
              trace.add(number, other(), frame);
              received.add(frame);
            });
    ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
    try {
      while (channel.read(buffer) >= 0) {
        splitter.feed(buffer.flip());
        buffer.clear();
      }
    } catch (IOException e) {
      // A reset, or our own close: the end as well.
    }
    splitter.finish();
    trace.add(number, other(), Received.END);
    received.add(Received.END);
  }

  public void write(ByteBuffer bytes) throws IOException {
    sent.feed(bytes.duplicate());
    while (bytes.hasRemaining()) {
      if (channel.write(bytes) == 0) {
        Thread.onSpinWait();
      }
    }
  }

  public void write(Envelope envelope) throws IOException {
    write(Frames.encode(envelope.toByteArray()));
  }

  /** Ends writing; the peer reads the end, and may go on to write. */
  public void shutDown() throws IOException {
    channel.shutdownOutput();
  }

  /** What comes next. */
  public Received next(TimeLimit limit, String wanted) throws InterruptedException {
    Received next = received.poll(limit.nanos(), TimeUnit.NANOSECONDS);
    if (next == null) {
      throw new Mismatch("wanted " + wanted + "; nothing came");
    }
    return next;
  }

  /** What has come and was not looked at; null: nothing. */
  public @Nullable Received peek() {
    return received.peek();
  }

  public Received expect(FrameMatch wanted, TimeLimit limit) throws InterruptedException {
    return expect(wanted, List.of(), limit);
  }

  /** What comes next, apart from frames of the types {@code over}. */
  public Received expect(FrameMatch wanted, List<Envelope.Type> over, TimeLimit limit)
      throws InterruptedException {
    String text = FrameMatching.text(wanted);
    Received next = next(limit, text);
    String difference = FrameMatching.difference(wanted, next);
    while (difference != null && hasType(next, over)) {
      next = next(limit, text);
      difference = FrameMatching.difference(wanted, next);
    }
    if (difference != null) {
      throw new Mismatch("wanted " + text + "; came " + next + ": " + difference);
    }
    return next;
  }

  private static boolean hasType(Received received, List<Envelope.Type> types) {
    Envelope envelope = received.envelope();
    return envelope != null && types.contains(envelope.getType());
  }

  /** The peer ends the connection, without a word before. */
  public void expectEnd(TimeLimit limit) throws InterruptedException {
    Received next = next(limit, "the end");
    if (!next.isEnd()) {
      throw new Mismatch("wanted the end; came " + next);
    }
  }

  /** The peer says why it closes, and closes. */
  public void expectClosed(Closed wanted, TimeLimit limit) throws InterruptedException {
    String text = "GOAWAY with code " + wanted.getCode() + " for " + wanted.getRulesList();
    Received next = next(limit, text);
    while (hasType(next, wanted.getAfterList())) {
      next = next(limit, text);
    }
    Envelope envelope = next.envelope();
    if (envelope == null || envelope.getType() != Envelope.Type.GOAWAY) {
      throw new Mismatch("wanted " + text + "; came " + next);
    }
    try {
      Status status = FrameMatching.status(envelope);
      boolean right =
          wanted.getCode() == 0 ? status.getCode() != 0 : status.getCode() == wanted.getCode();
      if (!right || FrameMatching.ruleDifference(wanted.getRulesList(), status) != null) {
        throw new Mismatch("wanted " + text + "; came " + next);
      }
    } catch (InvalidProtocolBufferException e) {
      throw new Mismatch("wanted " + text + "; came " + next, e);
    }
    expectEnd(limit);
  }

  /** The peer answers a PING, and says nothing else before. */
  public void expectAlive(TimeLimit limit) throws IOException, InterruptedException {
    long id = 1_000_000 + ++pings;
    write(Envelope.newBuilder().setType(Envelope.Type.PING).setId(id).build());
    expect(FrameMatch.newBuilder().setType(Envelope.Type.PONG).setId(id).build(), limit);
  }

  /** Sends HELLO, in the order that is due for this side, and reads the peer's. */
  public Received shakeHands(String name, Hello hello, TimeLimit limit)
      throws IOException, InterruptedException {
    Envelope envelope =
        Envelope.newBuilder()
            .setType(Envelope.Type.HELLO)
            .setSentBy(name)
            .setPayload(hello.toByteString())
            .build();
    FrameMatch wanted = FrameMatch.newBuilder().setType(Envelope.Type.HELLO).build();
    if (own == Side.CLIENT_SIDE) {
      write(envelope);
      return expect(wanted, limit);
    }
    Received first = expect(wanted, limit);
    write(envelope);
    return first;
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // It is of no use any more either way.
    }
  }
}
