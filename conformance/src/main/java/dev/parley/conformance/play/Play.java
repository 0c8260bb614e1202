package dev.parley.conformance.play;

import com.google.protobuf.ByteString;
import dev.parley.conformance.program.Language;
import dev.parley.conformance.program.Line;
import dev.parley.conformance.program.PeerProgram;
import dev.parley.conformance.v1.Case;
import dev.parley.conformance.v1.Case.Kind;
import dev.parley.conformance.v1.Connect;
import dev.parley.conformance.v1.Gate;
import dev.parley.conformance.v1.Handshake;
import dev.parley.conformance.v1.Seen;
import dev.parley.conformance.v1.Side;
import dev.parley.conformance.v1.Step;
import dev.parley.conformance.v1.TakeLog;
import dev.parley.conformance.wire.FrameMatching;
import dev.parley.conformance.wire.Mismatch;
import dev.parley.conformance.wire.RecordingProxy;
import dev.parley.conformance.wire.Referee;
import dev.parley.conformance.wire.TimeLimit;
import dev.parley.conformance.wire.Trace;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One case, played once: by a client and a server of some language, or by the runner against one of
 * them. For one thread.
 */
public final class Play {
  private static final AtomicInteger PLAYS = new AtomicInteger();

  private final Scene scene;
  private final ClientSteps clientSteps;
  private final StreamSteps streamSteps;
  private final ServerSteps serverSteps;
  private final WireSteps wireSteps;
  private final Witness witness;
  private @Nullable Footprint footprint;

  /**
   * @param client null in a case against a server
   * @param server null in a case against a client
   * @param style the way in which the client calls, "blocking" or "async"
   */
  public Play(
      Case played,
      @Nullable Language client,
      @Nullable Language server,
      String style,
      Programs programs,
      TimeLimit limit) {
    String prefix = "p" + PLAYS.incrementAndGet() + ".";
    this.scene = new Scene(played, client, server, style, programs, limit, prefix);
    this.clientSteps = new ClientSteps(scene);
    this.streamSteps = new StreamSteps(scene, clientSteps);
    this.serverSteps = new ServerSteps(scene);
    this.wireSteps = new WireSteps(scene);
    this.witness = new Witness(scene, wireSteps);
  }

  /** What passed over the wire. */
  public Trace trace() {
    return scene.trace;
  }

  /** Plays the case to its end; a {@link Mismatch} says what was not as wanted. */
  public void run() throws IOException, InterruptedException {
    try {
      play();
    } catch (IOException | RuntimeException e) {
      closeAfter(e);
      throw e;
    }
    scene.close();
    if (scene.played.getKind() == Kind.PAIR) {
      Referee.check(scene.trace);
    }
  }

  /** Ends what the case opened; what went wrong first is what counts. */
  private void closeAfter(Exception first) throws IOException, InterruptedException {
    try {
      scene.close();
    } catch (IOException | RuntimeException e) {
      first.addSuppressed(e);
    }
  }

  private void play() throws IOException, InterruptedException {
    begin();
    List<Step> steps = scene.played.getStepsList();
    for (int i = 0; i < steps.size(); i++) {
      try {
        take(steps.get(i));
      } catch (Mismatch e) {
        throw new Mismatch("step " + (i + 1) + ": " + e.getMessage(), e);
      }
    }
    if (scene.played.getKind() != Kind.PAIR && !scene.played.getEndsPeer()) {
      witness.check();
    }
  }

  private void begin() throws IOException, InterruptedException {
    Kind kind = scene.played.getKind();
    if (kind == Kind.CLIENT) {
      wireSteps.listen();
    } else {
      serverSteps.begin();
    }
    if (kind == Kind.PAIR) {
      if (scene.listening != null && scene.played.getServer().getAddress().isEmpty()) {
        scene.proxy =
            new RecordingProxy(scene.programs.newPath(), scene.listening.path(), scene.trace);
      }
      if (!scene.played.getUnconnected()) {
        clientSteps.connect(Connect.getDefaultInstance());
      }
      return;
    }
    witness.begin();
    footprint = new Footprint(scene.onTrial().pid());
    if (scene.played.getUnconnected()) {
      return;
    }
    if (kind == Kind.SERVER) {
      wireSteps.handshake(Handshake.getDefaultInstance());
    } else {
      clientSteps.beginOnly(true);
      clientSteps.connect(Connect.getDefaultInstance());
      wireSteps.handshake(Handshake.getDefaultInstance());
      clientSteps.finish();
    }
  }

  private void take(Step step) throws IOException, InterruptedException {
    clientSteps.beginOnly(step.getBegin());
    switch (step.getStepCase()) {
      case CONNECT -> clientSteps.connect(step.getConnect());
      case START -> clientSteps.start(step.getStart());
      case RESULT -> clientSteps.result(step.getResult());
      case EXCHANGE -> {
        clientSteps.start(step.getExchange().getStart());
        clientSteps.result(step.getExchange().getResult());
      }
      case CANCEL -> clientSteps.cancel(step.getCancel());
      case EVENT -> clientSteps.event(step.getEvent());
      case PING -> clientSteps.ping(step.getPing());
      case CLOSE -> clientSteps.onConnection("close", step.getClose());
      case AWAIT_CLOSE -> clientSteps.onConnection("await-close", step.getAwaitClose());
      case ABORT -> clientSteps.onConnection("abort", step.getAbort());
      case FINISH -> clientSteps.finish();
      case SEND_MESSAGES -> streamSteps.send(step.getSendMessages());
      case FINISH_SENDING -> streamSteps.onEach("finish", step.getFinishSending());
      case READ -> streamSteps.read(step.getRead());
      case BEGIN_READ -> streamSteps.beginRead(step.getBeginRead());
      case END_READ -> streamSteps.endRead(step.getEndRead());
      case SENT -> streamSteps.sent(step.getSent());
      case CLOSE_STREAM -> streamSteps.onEach("close-stream", step.getCloseStream());
      case OPEN_GATE -> gate("open-gate", step.getOpenGate());
      case WAIT_GATE -> gate("wait-gate", step.getWaitGate());
      case TAKE_LOG -> takeLog(step.getTakeLog());
      case SERVE -> serverSteps.serve(step.getServe());
      case STOP_SERVER -> serverSteps.stop();
      case AWAIT_STOP -> serverSteps.awaitStop();
      case ABORT_SERVER -> serverSteps.abort();
      case KILL_SERVER -> serverSteps.kill();
      case SEEN -> seen(step.getSeen());
      case SEND -> wireSteps.send(step.getSend());
      case EXPECT -> wireSteps.expect(step.getExpect());
      case CLOSED -> scene.raw().expectClosed(step.getClosed(), scene.limit);
      case ALIVE -> scene.raw().expectAlive(scene.limit);
      case ENDED -> scene.raw().expectEnd(scene.limit);
      case HANDSHAKE -> wireSteps.handshake(step.getHandshake());
      case ACCEPT -> wireSteps.accept();
      case SHUT_DOWN -> scene.raw().shutDown();
      case HANG_UP -> scene.raw().close();
      case CROWD -> wireSteps.crowd(step.getCrowd());
      case MEMORY_BELOW ->
          Objects.requireNonNull(footprint).checkGrownLessThan(step.getMemoryBelow());
      case DESCRIPTORS_AS_BEFORE -> Objects.requireNonNull(footprint).awaitDescriptors(scene.limit);
      case STEP_NOT_SET -> throw new IllegalArgumentException("a step without content");
    }
  }

  private PeerProgram program(Side side) throws IOException, InterruptedException {
    return side == Side.CLIENT_SIDE ? scene.clientProgram() : scene.serverProgram();
  }

  private void gate(String verb, Gate gate) throws IOException, InterruptedException {
    program(gate.getSide())
        .commandOk(new Line(verb).with("gate", scene.scope.name(gate.getName())), scene.limit);
  }

  private void takeLog(TakeLog step) throws IOException, InterruptedException {
    Line answer =
        program(step.getSide())
            .commandOk(
                new Line("take-log").with("log", scene.scope.name(step.getName())), scene.limit);
    List<String> wanted = new ArrayList<>();
    step.getNotesList().forEach(note -> wanted.add(Line.hex(ByteString.copyFromUtf8(note))));
    for (int number = 1; number <= step.getTimes(); number++) {
      wanted.add(
          Line.hex(ByteString.copyFromUtf8(step.getText()).concat(ClientSteps.number(number))));
    }
    String text = String.join(",", wanted);
    if (!answer.word("notes").equals(text)) {
      throw new Mismatch("wanted notes " + text + ", came " + answer.word("notes"));
    }
  }

  private void seen(Seen step) throws InterruptedException {
    if (!step.getExactly()) {
      int times = Math.max(1, step.getTimes());
      scene.trace.await(step.getFrom(), step.getFrame(), times, scene.limit);
      return;
    }
    int times = scene.trace.count(step.getFrom(), step.getFrame());
    if (times != step.getTimes()) {
      throw new Mismatch(
          "wanted exactly "
              + step.getTimes()
              + " times on the wire: "
              + FrameMatching.text(step.getFrame())
              + ", came "
              + times
              + " times");
    }
  }
}
