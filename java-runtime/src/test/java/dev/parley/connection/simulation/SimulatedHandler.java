package dev.parley.connection.simulation;

import dev.parley.connection.IncomingCall;
import dev.parley.connection.simulation.CallScript.Answer;
import dev.parley.v1.Code;
import dev.parley.v1.Status;
import dev.parley.wire.Envelope;
import java.util.List;

/** What the callee's application does with one call, on a thread of its own. */
final class SimulatedHandler extends IncomingCall {
  private final World world;
  private final Side callee;
  private final SimulatedCall known;
  private final CallScript script;
  private final Consumer consumer;
  private final Producer producer;
  private boolean stopped;
  private boolean runs;
  private boolean ranLongEnough;
  private boolean callerEnded;
  private boolean produced;
  private boolean answered;

  SimulatedHandler(World world, Side callee, Envelope request, SimulatedCall known) {
    super(request);
    this.world = world;
    this.callee = callee;
    this.known = known;
    this.script = known.script();
    consumer =
        new Consumer(
            world, script, "caller", script.requests(), this::consumed, this::returnIfDone);
    producer =
        new Producer(
            world,
            script,
            "callee",
            script.replies(),
            this::offer,
            this::flush,
            () -> {
              produced = true;
              returnIfDone();
            });
  }

  @Override
  protected void arrived(Envelope request) {
    callee.checkTakesCalls();
    known.arrived(request);
    callee.calledOut();
    take();
    callee.calledOut();
  }

  /** A thread takes it, now or later. */
  private void take() {
    if (script.answer() == Answer.REJECT) {
      Status why =
          Status.newBuilder().setCode(Code.UNAVAILABLE_VALUE).setMessage("no thread").build();
      reject(why);
      return;
    }
    if (script.handlerWaits() == 0) {
      run();
    } else {
      world.after(script.handlerWaits(), this::run);
    }
  }

  @Override
  protected void sendable() {
    producer.sendable();
    callee.calledOut();
  }

  @Override
  protected void message(Envelope message, long cost) {
    world.check(!callerEnded, "%s gets a message after the caller's last", known);
    consumer.message(message, cost);
    callee.calledOut();
  }

  @Override
  protected void halfClosed() {
    world.check(!callerEnded, "%s ends twice for its callee", known);
    world.check(consumer.isWhole(), "%s has lost a message of its caller's", known);
    callerEnded = true;
    world.after(world.skewed(1_000), this::returnIfDone);
    callee.calledOut();
  }

  private void run() {
    if (!begin()) {
      return;
    }
    world.tell("%s: %s runs", callee, known);
    known.runs();
    runs = true;
    if (script.callsBack()) {
      callee.call();
    }
    if (script.calleeStreams()) {
      producer.go();
    } else {
      produced = true;
    }
    if (script.handlerRuns() == 0) {
      ranLongEnough = true;
      returnIfDone();
    } else {
      world.after(
          script.handlerRuns(),
          () -> {
            ranLongEnough = true;
            returnIfDone();
          });
    }
  }

  @Override
  protected void stopped() {
    world.check(!stopped, "%s is told twice to stop", known);
    world.check(isStopped(), "%s is told to stop and is not stopped", known);
    stopped = true;
    world.after(world.skewed(1_000_000), this::returnIfDone);
    callee.calledOut();
  }

  private void returnIfDone() {
    boolean heard =
        !script.callerStreams()
            || consumer.read() >= script.earliest()
            || (callerEnded && consumer.read() == consumer.arrived());
    boolean done = ranLongEnough && heard && produced && script.answer() != Answer.UNTIL_STOPPED;
    if (runs && !answered && (done || stopped)) {
      answered = true;
      answer();
    }
  }

  private void answer() {
    world.tell("%s: %s returns", callee, known);
    known.returns();
    if (script.answer() != Answer.REPLY) {
      fail(Status.newBuilder().setCode(script.code()).setMessage("as scripted").build(), List.of());
    } else if (script.calleeStreams()) {
      reply(null, List.of());
    } else {
      reply(Payloads.of(script.nonce(), "callee", 0, script.replies().get(0)), List.of());
    }
  }
}
