package dev.parley.connection.simulation;

import dev.parley.connection.Connection;
import dev.parley.connection.OutgoingCall;
import dev.parley.v1.Code;
import dev.parley.v1.Metadata;
import dev.parley.v1.Status;
import dev.parley.wire.Envelope;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One call, as its caller sees it, and what has to be true of it. */
final class SimulatedCall extends OutgoingCall {
  /** How it ended for its caller (C-9). */
  enum End {
    SUCCESS,
    REPLIED,
    NOT_SENT,
    REJECTED,
    UNKNOWN
  }

  private final World world;
  private final Side caller;
  private final CallScript script;
  private final WireTap wire;
  private @Nullable End end;
  private @Nullable Status why;
  private World.@Nullable Event cancel;

  private final Producer producer;
  private final Consumer consumer;

  // What its callee has done.
  private boolean arrived;
  private boolean ran;
  private boolean returned;

  SimulatedCall(World world, Side caller, CallScript script, WireTap wire) {
    super(
        script.method(),
        script.callerStreams()
            ? null
            : Payloads.of(script.nonce(), "caller", 0, script.requests().get(0)),
        script.calleeStreams(),
        List.of(),
        script.timeout() > 0,
        script.timeout() > 0 ? world.now() + script.timeout() : NEVER);
    this.world = world;
    this.caller = caller;
    this.script = script;
    this.wire = wire;
    Connection connection = caller.connection();
    producer =
        new Producer(
            world,
            script,
            "caller",
            script.requests(),
            message -> connection.offer(this, message),
            connection::flush,
            () -> connection.finishSending(this));
    consumer =
        new Consumer(
            world,
            script,
            "callee",
            script.replies(),
            cost -> connection.consumed(this, cost),
            () -> {});
  }

  CallScript script() {
    return script;
  }

  // --- Its caller ---------------------------------------------------------------------------

  void start() {
    if (script.cancelAfter() >= 0) {
      cancel = world.after(script.cancelAfter(), () -> leave(Code.CANCELLED, "taken back"));
    }
    caller.connection().call(this);
    if (script.callerStreams()) {
      producer.go();
    }
  }

  private void leave(Code code, String text) {
    boolean ended = caller.connection().leave(this, code.getNumber(), text);
    world.check(!ended || end != null, "%s was left and does not know", this);
  }

  boolean hasEnded() {
    return end != null;
  }

  /** How it ended. */
  @Nullable End how() {
    return end;
  }

  /** Whether its handler ran. */
  boolean ran() {
    return ran;
  }

  boolean succeeded() {
    return end == End.SUCCESS;
  }

  @Override
  protected void message(Envelope message, long cost) {
    world.check(end == null, "%s gets a message after its end", this);
    world.check(ran, "%s gets a message and did not run", this);
    consumer.message(message, cost);
    caller.calledOut();
  }

  @Override
  protected void sendable() {
    producer.sendable();
    caller.calledOut();
  }

  @Override
  protected void succeeded(Envelope reply) {
    end(End.SUCCESS, null);
    world.check(
        returned && script.answer() == CallScript.Answer.REPLY,
        "%s has a reply that nobody gave",
        this);
    if (script.calleeStreams()) {
      world.check(consumer.isWhole(), "%s has %d messages", this, consumer.arrived());
      world.check(!reply.hasPayload(), "%s has a reply beside its stream", this);
    } else {
      world.check(
          Payloads.is(reply, script.nonce(), "callee", 0, script.replies().get(0)),
          "%s has another's reply, or a part of its own",
          this);
    }
    caller.calledOut();
  }

  @Override
  protected void replied(Status why, List<Metadata> metadata) {
    end(End.REPLIED, why);
    world.check(ran, "%s was answered and did not run", this);
    boolean scripted = script.answer() == CallScript.Answer.FAIL && why.getCode() == script.code();
    boolean tooLarge =
        why.getCode() == Code.RESOURCE_EXHAUSTED.getNumber()
            && script.answer() != CallScript.Answer.REJECT
            && script.repliesMayBeTooLarge();
    boolean late = limited() && why.getCode() == Code.DEADLINE_EXCEEDED.getNumber();
    world.check(scripted || tooLarge || late, "%s has an answer of nobody's", this);
    caller.calledOut();
  }

  @Override
  protected void notSent(Status why) {
    end(End.NOT_SENT, why);
    checkDidNotRun();
    world.check(!wire.requested(script.method()), "%s was sent", this);
    caller.calledOut();
  }

  @Override
  protected void rejected(Status why, List<Metadata> metadata) {
    end(End.REJECTED, why);
    checkDidNotRun();
    world.check(consumer.arrived() == 0, "%s was rejected after a message", this);
    caller.calledOut();
  }

  @Override
  protected void unknown(Status why) {
    end(End.UNKNOWN, why);
    caller.calledOut();
  }

  private void end(End how, @Nullable Status why) {
    world.tell("%s: %s ends %s%s", caller, this, how, why == null ? "" : ", " + text(why));
    world.check(end == null, "%s ends twice, at last %s", this, how);
    end = how;
    this.why = why;
    caller.ended(this);
    if (cancel != null) {
      cancel.takeBack();
    }
  }

  private static String text(Status why) {
    return why.getCode() + " \"" + why.getMessage() + "\"";
  }

  private void checkDidNotRun() {
    world.check(!ran, "%s ran", this);
  }

  // --- Its callee ---------------------------------------------------------------------------

  /** The request is there. */
  void arrived(Envelope request) {
    world.check(!arrived, "%s arrived twice", this);
    arrived = true;
    boolean right =
        script.callerStreams()
            ? !request.hasPayload()
            : Payloads.is(request, script.nonce(), "caller", 0, script.requests().get(0));
    world.check(right, "%s arrived with another's request, or a part of its own", this);
  }

  /** The handler starts. */
  void runs() {
    world.check(!ran, "%s runs twice", this);
    ran = true;
    world.check(end != End.NOT_SENT && end != End.REJECTED, "%s runs after all", this);
  }

  /** The handler is about to return. */
  void returns() {
    returned = true;
  }

  @Override
  public String toString() {
    return "call " + script.nonce() + (end == null ? "" : " (" + end + ")");
  }

  /** Why it failed, if it did. */
  @Nullable Status why() {
    return why;
  }
}
