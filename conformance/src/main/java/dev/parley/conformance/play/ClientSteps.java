package dev.parley.conformance.play;

import com.google.protobuf.ByteString;
import dev.parley.conformance.program.Line;
import dev.parley.conformance.program.PeerProgram;
import dev.parley.conformance.v1.Cancel;
import dev.parley.conformance.v1.Connect;
import dev.parley.conformance.v1.Note;
import dev.parley.conformance.v1.Pair;
import dev.parley.conformance.v1.Ping;
import dev.parley.conformance.v1.Result;
import dev.parley.conformance.v1.SendEvent;
import dev.parley.conformance.v1.Setting;
import dev.parley.conformance.v1.Start;
import dev.parley.conformance.v1.StreamShape;
import dev.parley.conformance.wire.Mismatch;
import dev.parley.conformance.wire.Pieces;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Consumer;

/** The steps that a client's program takes. For one thread. */
final class ClientSteps {
  private final Scene scene;
  private boolean begin;

  ClientSteps(Scene scene) {
    this.scene = scene;
  }

  /** Whether the next commands are only begun. */
  void beginOnly(boolean begin) {
    this.begin = begin;
  }

  void command(Line command, Consumer<Line> check) throws IOException, InterruptedException {
    PeerProgram program = scene.clientProgram();
    if (begin) {
      program.begin(command);
      scene.unfinished = check;
    } else {
      check.accept(program.command(command, scene.limit));
    }
  }

  void finish() throws IOException, InterruptedException {
    Consumer<Line> check = Objects.requireNonNull(scene.unfinished, "nothing was begun");
    scene.unfinished = null;
    check.accept(scene.clientProgram().finish(scene.limit));
  }

  static Consumer<Line> ok(String what) {
    return answer -> {
      if (!answer.verb().equals("ok")) {
        throw new Mismatch(what + " failed: " + answer.word("code") + " " + answer.text("message"));
      }
    };
  }

  void connect(Connect step) throws IOException, InterruptedException {
    int number = Math.max(1, step.getConnection());
    Setting setting = step.hasSetting() ? step.getSetting() : scene.played.getClient();
    long handle = scene.clientProgram().newHandle();
    Line command = new Line("connect").with("connection", handle);
    String address = scene.played.getServer().getAddress();
    if (!address.isEmpty()) {
      command.with("address", scene.scope.address(address));
    } else if (scene.rawPath != null) {
      command.with("path", scene.rawPath.toString());
    } else if (scene.proxy != null && !step.getDirect()) {
      command.with("path", scene.proxy.path().toString());
    } else {
      command.with("path", Objects.requireNonNull(scene.listening).path().toString());
    }
    command(
        Settings.apply(command, setting),
        answer -> {
          if (step.hasFailure()) {
            Failures.check(step.getFailure(), answer);
            return;
          }
          ok("connecting").accept(answer);
          scene.connections.put(number, handle);
          String wanted =
              address.isEmpty() ? step.getPeerName() : scene.scope.address(step.getPeerName());
          if (!wanted.isEmpty() && !answer.text("peer").equals(wanted)) {
            throw new Mismatch("wanted a peer named " + wanted + ", came " + answer.text("peer"));
          }
        });
  }

  void start(Start step) throws IOException, InterruptedException {
    for (int time = 0; time < Math.max(1, step.getTimes()); time++) {
      start(step, step.getCall() + time);
    }
  }

  private void start(Start step, int number) throws IOException, InterruptedException {
    long handle = scene.clientProgram().newHandle();
    scene.calls.put(number, handle);
    scene.sent.remove(number);
    scene.read.remove(number);
    Line command =
        new Line("start")
            .with("call", handle)
            .with("connection", scene.connection(step.getConnection()))
            .with("method", Pieces.padded(Scope.method(step), step.getMethodLength()))
            .withBytes("payload", scene.scope.payload(step))
            .with("style", scene.style);
    if (step.hasTimeoutUs()) {
      command.with("timeout_us", step.getTimeoutUs());
    }
    if (step.getShape() != StreamShape.UNARY) {
      command.with("shape", step.getShape().name().toLowerCase(Locale.ROOT));
    }
    List<Pair> metadata = scene.scope.metadata(step);
    if (!metadata.isEmpty()) {
      command.with("metadata", Scope.text(metadata));
    }
    command(command, ok("starting a call"));
  }

  void result(Result step) throws IOException, InterruptedException {
    for (int time = 0; time < Math.max(1, step.getTimes()); time++) {
      Result one = step.toBuilder().setCall(step.getCall() + time).build();
      command(
          new Line("await").with("call", scene.call(one.getCall())),
          answer -> ResultMatching.check(one, answer, scene.sent(one.getCall())));
    }
  }

  void cancel(Cancel step) throws IOException, InterruptedException {
    for (int time = 0; time < Math.max(1, step.getTimes()); time++) {
      long handle = scene.call(step.getCall() + time);
      command(new Line("cancel").with("call", handle), ok("cancelling a call"));
    }
  }

  void event(SendEvent step) throws IOException, InterruptedException {
    boolean oneWay = step.getOneWay();
    String usual = oneWay ? Scope.TELL : Scope.NOTE;
    String name = step.getName().isEmpty() ? usual : step.getName();
    for (int time = 1; time <= Math.max(1, step.getTimes()); time++) {
      Note note = scene.scope.note(step.getNote());
      if (step.getTimes() > 0) {
        note = note.toBuilder().setText(note.getText().concat(number(time))).build();
        if (time < step.getTimes()) {
          note = note.toBuilder().clearOpenGate().build();
        }
      }
      ByteString payload = note.toByteString();
      if (step.getPaddingSize() > 0) {
        payload = payload.concat(Pieces.padding(step.getPaddingSize()));
      }
      Line command =
          new Line(oneWay ? "send-one-way" : "event")
              .with("connection", scene.connection(step.getConnection()))
              .with(oneWay ? "method" : "name", Pieces.padded(name, step.getNameLength()))
              .withBytes("payload", payload);
      if (step.getMetadataCount() > 0 || step.hasMany()) {
        command.with("metadata", Scope.text(Scope.pairs(step.getMetadataList(), step.getMany())));
      }
      command(
          command,
          step.hasFailure()
              ? answer -> Failures.check(step.getFailure(), answer)
              : ok("sending an event"));
    }
  }

  static ByteString number(int number) {
    return ByteString.copyFromUtf8(Integer.toString(number));
  }

  void ping(Ping step) throws IOException, InterruptedException {
    command(
        new Line("ping").with("connection", scene.connection(step.getConnection())),
        step.hasFailure() ? answer -> Failures.check(step.getFailure(), answer) : ok("a ping"));
  }

  void onConnection(String verb, int number) throws IOException, InterruptedException {
    command(new Line(verb).with("connection", scene.connection(number)), ok(verb));
  }
}
