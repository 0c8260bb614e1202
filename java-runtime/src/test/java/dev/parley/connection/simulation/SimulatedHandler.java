package dev.parley.connection.simulation;

import dev.parley.connection.IncomingCall;
import dev.parley.v1.Code;
import dev.parley.v1.Status;
import java.util.List;

/** What the callee's application does with one call, on a thread of its own. */
final class SimulatedHandler {
  private final World world;
  private final Side callee;
  private final IncomingCall call;
  private final SimulatedCall known;
  private final CallScript script;
  private boolean stopped;
  private boolean answered;

  SimulatedHandler(World world, Side callee, IncomingCall call, SimulatedCall known) {
    this.world = world;
    this.callee = callee;
    this.call = call;
    this.known = known;
    this.script = known.script();
  }

  /** The call has arrived: a thread takes it now or later. */
  void take() {
    if (script.answer() == CallScript.Answer.REJECT) {
      Status why =
          Status.newBuilder().setCode(Code.UNAVAILABLE_VALUE).setMessage("no thread").build();
      call.reject(why);
    } else if (script.handlerWaits() == 0) {
      run();
    } else {
      world.after(script.handlerWaits(), this::run);
    }
  }

  private void run() {
    if (!call.begin()) {
      return;
    }
    world.tell("%s: %s runs", callee, known);
    known.runs();
    call.onStop(this::stop);
    if (script.callsBack()) {
      callee.call();
    }
    if (script.answer() == CallScript.Answer.UNTIL_STOPPED) {
      if (stopped) {
        answer();
      }
    } else if (script.handlerRuns() == 0) {
      answer();
    } else {
      world.after(script.handlerRuns(), this::answer);
    }
  }

  private void stop() {
    world.check(!stopped, "%s is told twice to stop", known);
    world.check(call.isStopped(), "%s is told to stop and is not stopped", known);
    stopped = true;
    callee.calledOut();
    if (script.answer() == CallScript.Answer.UNTIL_STOPPED) {
      world.after(world.skewed(1_000_000), this::answer);
    }
  }

  private void answer() {
    if (answered) {
      return;
    }
    answered = true;
    world.tell("%s: %s returns", callee, known);
    known.returns();
    if (script.answer() == CallScript.Answer.REPLY) {
      call.reply(Payloads.of(script.nonce(), "callee", 0, script.replySize()), List.of());
    } else {
      call.fail(
          Status.newBuilder().setCode(script.code()).setMessage("as scripted").build(), List.of());
    }
  }
}
