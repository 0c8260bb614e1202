package dev.parley.conformance.play;

import dev.parley.conformance.v1.Case.Kind;
import dev.parley.conformance.v1.Crowd;
import dev.parley.conformance.v1.Expect;
import dev.parley.conformance.v1.Handshake;
import dev.parley.conformance.v1.Piece;
import dev.parley.conformance.v1.Send;
import dev.parley.conformance.v1.Side;
import dev.parley.conformance.wire.Frames;
import dev.parley.conformance.wire.Mismatch;
import dev.parley.conformance.wire.Pieces;
import dev.parley.conformance.wire.RawConnection;
import dev.parley.conformance.wire.Received;
import dev.parley.v1.Envelope;
import dev.parley.v1.Hello;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;

/** The steps that the runner takes itself, byte by byte. For one thread. */
final class WireSteps {
  private static final String NAME = "runner";
  private static final long POLL_NANOS = 1_000_000;

  private final Scene scene;

  WireSteps(Scene scene) {
    this.scene = scene;
  }

  /** In cases against a client: the socket that the client is to dial. */
  void listen() throws IOException {
    ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    scene.rawListener = listener;
    scene.rawPath = scene.programs.newPath();
    listener.bind(UnixDomainSocketAddress.of(scene.rawPath));
    listener.configureBlocking(false);
  }

  /** A connection to or from the peer on trial, before any frame. */
  RawConnection open() throws IOException {
    int number = scene.nextRawConnection();
    if (scene.played.getKind() == Kind.SERVER) {
      return RawConnection.connect(
          Objects.requireNonNull(scene.listening).path(), number, scene.trace);
    }
    SocketChannel channel = accepted();
    return new RawConnection(channel, Side.SERVER_SIDE, number, scene.trace);
  }

  /** The next connection to the listener, which does not block, so that a case can fail. */
  private SocketChannel accepted() throws IOException {
    ServerSocketChannel listener = Objects.requireNonNull(scene.rawListener);
    SocketChannel channel = listener.accept();
    while (channel == null) {
      if (scene.limit.isOver()) {
        throw new Mismatch("the client did not connect");
      }
      LockSupport.parkNanos(POLL_NANOS);
      channel = listener.accept();
    }
    return channel;
  }

  void accept() throws IOException {
    if (scene.raw != null) {
      scene.raw.close();
    }
    scene.raw = open();
  }

  void handshake(Handshake step) throws IOException, InterruptedException {
    accept();
    Hello hello = step.hasHello() ? step.getHello() : Frames.HELLO;
    String name = step.getSentBy().isEmpty() ? NAME : step.getSentBy();
    scene.raw().shakeHands(name, hello, scene.limit);
  }

  void send(Send step) throws IOException {
    try {
      scene.raw().write(Pieces.encode(completed(step)));
    } catch (IOException e) {
      if (!step.getMayFail()) {
        throw new Mismatch("the peer ended the connection while the runner wrote: " + e, e);
      }
    }
  }

  /** With the names and ids that only the play knows. */
  private Send completed(Send send) {
    Send.Builder completed = send.toBuilder();
    for (Piece.Builder piece : completed.getPiecesBuilderList()) {
      if (!piece.hasFrame()) {
        continue;
      }
      if (piece.getFrame().getSameId()) {
        piece.getFrameBuilder().getEnvelopeBuilder().setId(scene.lastId);
      }
      if (piece.getFrame().hasRequest()) {
        piece.getFrameBuilder().setRequest(scene.scope.request(piece.getFrame().getRequest()));
      }
      if (piece.getFrame().hasStreamRequest()) {
        piece
            .getFrameBuilder()
            .setStreamRequest(scene.scope.request(piece.getFrame().getStreamRequest()));
      }
      if (piece.getFrame().hasScript()) {
        piece.getFrameBuilder().setScript(scene.scope.request(piece.getFrame().getScript()));
      }
      if (piece.getFrame().hasNote()) {
        piece.getFrameBuilder().setNote(scene.scope.note(piece.getFrame().getNote()));
      }
    }
    return completed.build();
  }

  void expect(Expect step) throws InterruptedException {
    Received received = scene.raw().expect(step.getFrame(), step.getOverList(), scene.limit);
    Envelope envelope = Objects.requireNonNull(received.envelope());
    if (envelope.getType() == Envelope.Type.REQUEST || envelope.getType() == Envelope.Type.PING) {
      scene.lastId = envelope.getId();
    }
  }

  void crowd(Crowd step) throws IOException, InterruptedException {
    for (int i = 0; i < step.getConnections(); i++) {
      RawConnection one = open();
      scene.crowd.add(one);
      if (!step.getSilent()) {
        one.shakeHands(NAME, Frames.HELLO, scene.limit);
      }
      one.write(Pieces.encode(completed(step.getSend())));
    }
  }
}
