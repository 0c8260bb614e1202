package dev.parley.conformance.play;

import com.google.protobuf.ByteString;
import dev.parley.conformance.program.Line;
import dev.parley.conformance.v1.Calls;
import dev.parley.conformance.v1.ReadMessages;
import dev.parley.conformance.v1.SendMessages;
import dev.parley.conformance.v1.Sent;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The steps that a client's program takes on calls that stream. For one thread. */
final class StreamSteps {
  private final Scene scene;
  private final ClientSteps steps;

  StreamSteps(Scene scene, ClientSteps steps) {
    this.scene = scene;
    this.steps = steps;
  }

  private Line on(String verb, int call) {
    return new Line(verb).with("call", scene.call(call));
  }

  void onEach(String verb, Calls step) throws IOException, InterruptedException {
    for (int i = 0; i < Math.max(1, step.getCalls()); i++) {
      steps.command(on(verb, step.getCall() + i), ClientSteps.ok(verb));
    }
  }

  void send(SendMessages step) throws IOException, InterruptedException {
    ByteString payload = scene.scope.message(step.getRequest(), step.getPaddingSize());
    int times = Math.max(1, step.getTimes());
    for (int i = 0; i < Math.max(1, step.getCalls()); i++) {
      int call = step.getCall() + i;
      List<ByteString> sent = scene.sent.computeIfAbsent(call, number -> new ArrayList<>());
      for (int time = 0; time < times; time++) {
        sent.add(payload);
      }
      steps.command(
          on("send", call).withBytes("payload", payload).with("times", times),
          ClientSteps.ok("sending a message"));
    }
  }

  void sent(Sent step) throws IOException, InterruptedException {
    steps.command(
        on("await-sent", step.getCall()),
        step.hasFailure()
            ? answer -> Failures.check(step.getFailure(), answer)
            : ClientSteps.ok("sending"));
  }

  void read(ReadMessages step) throws IOException, InterruptedException {
    beginRead(step);
    endRead(step);
  }

  void beginRead(ReadMessages step) throws IOException, InterruptedException {
    for (int i = 0; i < Math.max(1, step.getCalls()); i++) {
      Line command = on("read", step.getCall() + i).with("count", StreamMatching.toTake(step));
      if (StreamMatching.wantsPayloads(step)) {
        command.with("payloads", 1);
      }
      steps.command(command, ClientSteps.ok("reading"));
    }
  }

  void endRead(ReadMessages step) throws IOException, InterruptedException {
    for (int i = 0; i < Math.max(1, step.getCalls()); i++) {
      int call = step.getCall() + i;
      long before = scene.read.getOrDefault(call, 0L);
      steps.command(
          on("await-read", call),
          answer ->
              scene.read.put(call, before + new StreamMatching(step, call, before).check(answer)));
    }
  }
}
