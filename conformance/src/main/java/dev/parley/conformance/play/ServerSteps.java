package dev.parley.conformance.play;

import dev.parley.conformance.play.Programs.Listening;
import dev.parley.conformance.program.Line;
import dev.parley.conformance.program.PeerProgram;
import dev.parley.conformance.v1.Serve;
import dev.parley.conformance.v1.Setting;
import dev.parley.conformance.wire.Mismatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Objects;

/** The steps that a server's program takes. For one thread. */
final class ServerSteps {
  private final Scene scene;

  ServerSteps(Scene scene) {
    this.scene = scene;
  }

  /** Sees that the server listens that the case begins with. */
  void begin() throws IOException, InterruptedException {
    if (!scene.wantsOwnServer()) {
      scene.listening =
          scene.programs.server(
              Objects.requireNonNull(scene.server), scene.played.getServer(), scene.limit);
      scene.serverProgram = scene.listening.program();
    } else if (!scene.played.getUnconnected() || !servesInItsSteps()) {
      serve(Serve.getDefaultInstance());
    }
  }

  private boolean servesInItsSteps() {
    return scene.played.getStepsList().stream().anyMatch(step -> step.hasServe());
  }

  void serve(Serve step) throws IOException, InterruptedException {
    Setting setting = scene.played.getServer();
    PeerProgram program = scene.serverProgram();
    Listening before = scene.listening;
    Path path;
    if (before != null) {
      path = before.path();
    } else {
      path = Obstacles.put(scene, setting);
    }
    String lying = Obstacles.describe(path);
    long handle = program.newHandle();
    Line command = new Line("serve").with("server", handle);
    if (setting.getAddress().isEmpty()) {
      command.with("path", path.toString());
    } else {
      command.with("address", scene.scope.address(setting.getAddress()));
    }
    Line answer = program.command(Settings.apply(command, setting), scene.limit);
    if (!step.hasFailure()) {
      if (!answer.verb().equals("ok")) {
        throw new Mismatch("the server did not start: " + answer.text("message"));
      }
      scene.listening = new Listening(program, handle, path);
      scene.ownListening = true;
      return;
    }
    Failures.check(step.getFailure(), answer);
    scene.listening = new Listening(program, handle, path);
    String lies = Obstacles.describe(path);
    if (!lies.equals(lying)) {
      throw new Mismatch("there was " + lying + " at " + path + ", and now there is " + lies);
    }
  }

  private Listening listening() {
    return Objects.requireNonNull(scene.listening, "the case has no server yet");
  }

  private void command(String verb) throws InterruptedException {
    Listening server = listening();
    server.program().commandOk(new Line(verb).with("server", server.handle()), scene.limit);
  }

  void stop() throws InterruptedException {
    command("stop");
  }

  void awaitStop() throws InterruptedException {
    command("await-stop");
    scene.ownListening = false;
    seeThatTheSocketIsGone();
  }

  void abort() throws InterruptedException {
    command("abort");
    scene.ownListening = false;
    seeThatTheSocketIsGone();
  }

  void kill() throws InterruptedException {
    listening().program().kill();
    scene.ownListening = false;
    scene.serverProgram = null;
  }

  private void seeThatTheSocketIsGone() {
    if (Files.exists(listening().path(), LinkOption.NOFOLLOW_LINKS)) {
      throw new Mismatch("the server has stopped, and its socket is still there");
    }
  }
}
