package dev.parley.conformance.play;

import dev.parley.conformance.program.Line;
import dev.parley.conformance.program.PeerProgram;
import dev.parley.conformance.v1.Case.Kind;
import dev.parley.conformance.v1.FrameMatch;
import dev.parley.conformance.wire.Frames;
import dev.parley.conformance.wire.Mismatch;
import dev.parley.conformance.wire.RawConnection;
import dev.parley.conformance.wire.Received;
import dev.parley.v1.Envelope;
import java.io.IOException;
import java.util.Objects;

/**
 * A well-behaved connection to the peer on trial, open while another one misbehaves: it has to work
 * afterwards, and so has a fresh one. For one thread.
 */
final class Witness {
  private static final String NAME = "witness";
  private static final int OPEN_ALL_THE_TIME = 1000;
  private static final int FRESH = 1001;

  private final Scene scene;
  private final WireSteps wire;

  Witness(Scene scene, WireSteps wire) {
    this.scene = scene;
    this.wire = wire;
  }

  void begin() throws IOException, InterruptedException {
    scene.witness = open(OPEN_ALL_THE_TIME);
  }

  void check() throws IOException, InterruptedException {
    try (RawConnection first = Objects.requireNonNull(scene.witness)) {
      use(first, OPEN_ALL_THE_TIME);
    }
    try (RawConnection fresh = open(FRESH)) {
      use(fresh, FRESH);
    }
  }

  private boolean againstServer() {
    return scene.played.getKind() == Kind.SERVER;
  }

  private RawConnection open(int number) throws IOException, InterruptedException {
    if (againstServer()) {
      RawConnection connection = wire.open();
      connection.shakeHands(NAME, Frames.HELLO, scene.limit);
      return connection;
    }
    PeerProgram program = scene.clientProgram();
    long handle = program.newHandle();
    program.begin(
        new Line("connect")
            .with("connection", handle)
            .with("path", Objects.requireNonNull(scene.rawPath).toString()));
    RawConnection connection = wire.open();
    connection.shakeHands(NAME, Frames.HELLO, scene.limit);
    Line answer = program.finish(scene.limit);
    if (!answer.verb().equals("ok")) {
      throw new Mismatch("a well-behaved connection failed: " + answer.text("message"));
    }
    scene.connections.put(number, handle);
    return connection;
  }

  private void use(RawConnection connection, int number) throws IOException, InterruptedException {
    if (againstServer()) {
      connection.write(
          Envelope.newBuilder()
              .setType(Envelope.Type.REQUEST)
              .setId(1)
              .setName(Scope.SERVICE + "/Nothing")
              .build());
      connection.expect(
          FrameMatch.newBuilder().setType(Envelope.Type.RESPONSE).setId(1).setSuccess(true).build(),
          scene.limit);
      return;
    }
    PeerProgram program = scene.clientProgram();
    program.begin(new Line("ping").with("connection", scene.connection(number)));
    Received ping =
        connection.expect(FrameMatch.newBuilder().setType(Envelope.Type.PING).build(), scene.limit);
    long id = Objects.requireNonNull(ping.envelope()).getId();
    connection.write(Envelope.newBuilder().setType(Envelope.Type.PONG).setId(id).build());
    Line answer = program.finish(scene.limit);
    if (!answer.verb().equals("ok")) {
      throw new Mismatch("a well-behaved connection is disturbed: " + answer.text("message"));
    }
  }
}
