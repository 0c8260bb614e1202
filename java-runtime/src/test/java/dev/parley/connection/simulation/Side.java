package dev.parley.connection.simulation;

import com.google.protobuf.ByteString;
import dev.parley.connection.Connection;
import dev.parley.connection.Driver;
import dev.parley.connection.IncomingCall;
import dev.parley.connection.PingListener;
import dev.parley.connection.Receiver;
import dev.parley.connection.Refusal;
import dev.parley.connection.Settings;
import dev.parley.v1.Code;
import dev.parley.v1.Status;
import dev.parley.wire.Envelope;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One process: its loop, its application, and what has to be true of what both are told. */
final class Side implements Driver, Receiver {
  private final World world;
  private final String name;
  private final Calls calls;
  private final VirtualTimers timers;
  private final SimulatedLink link;
  private final WireTap wire;
  private final Connection connection;
  private final List<SimulatedCall> inFlight = new ArrayList<>();
  private @Nullable Side other;

  // The loop.
  private boolean reading;
  private boolean readScheduled;
  private boolean writeScheduled;
  private boolean wantsToWrite;
  private boolean done;

  // The application.
  private boolean opened;
  private @Nullable Status closed;
  private final List<Runnable> onOpened = new ArrayList<>();
  private final List<Integer> eventsSent = new ArrayList<>();
  private int eventsTaken;
  private int pings;
  private int pongs;
  private int pingsFailed;
  private int pingsFailedOpen;

  Side(
      World world,
      String name,
      boolean connecting,
      Settings settings,
      Calls calls,
      SimulatedLink link,
      WireTap wire) {
    this.world = world;
    this.name = name;
    this.calls = calls;
    this.link = link;
    this.wire = wire;
    timers = new VirtualTimers(world);
    connection = new Connection(link, name + "'s peer", connecting, settings, timers, this, this);
  }

  void meet(Side other) {
    this.other = other;
  }

  private Side other() {
    return Objects.requireNonNull(other);
  }

  Connection connection() {
    return connection;
  }

  VirtualTimers timers() {
    return timers;
  }

  // --- The loop -----------------------------------------------------------------------------

  /** There may be something to read. */
  void mayRead() {
    if (!readScheduled && !done && link.isReadable()) {
      readScheduled = true;
      world.after(world.skewed(2_000), this::read);
    }
  }

  /** There may be room to write. */
  void mayWrite() {
    if (!writeScheduled && !done && wantsToWrite && link.isWritable()) {
      writeScheduled = true;
      world.after(world.skewed(2_000), this::write);
    }
  }

  private void read() {
    readScheduled = false;
    if (!done && !reading) {
      reading = true;
      connection.readable();
      reading = false;
    }
    mayRead();
  }

  private void write() {
    writeScheduled = false;
    if (!done && wantsToWrite) {
      connection.writable();
    }
    mayWrite();
  }

  @Override
  public void wantsToWrite(boolean wants) {
    calledOut();
    wantsToWrite = wants;
    mayWrite();
  }

  @Override
  public void done() {
    world.tell("%s: done", this);
    world.check(!done, "%s is done twice", this);
    world.check(link.isClosed(), "%s is done and its link is open", this);
    done = true;
  }

  boolean isDone() {
    return done;
  }

  /** The connection has called out: other threads may go on before it does. */
  void calledOut() {
    Remains.checkUnlocked(world, connection);
    world.interleave();
  }

  // --- What the application does ------------------------------------------------------------

  /** Has {@code action} happen so long after the handshake. */
  void plan(long after, Runnable action) {
    onOpened.add(() -> world.after(after, action));
  }

  void call() {
    call(calls.draw());
  }

  SimulatedCall call(CallScript script) {
    SimulatedCall call = new SimulatedCall(world, this, script, wire);
    world.tell("%s: %s starts, %s", this, call, script);
    calls.add(call);
    inFlight.add(call);
    call.start();
    return call;
  }

  void ended(SimulatedCall call) {
    inFlight.remove(call);
  }

  void ping() {
    world.tell("%s: ping", this);
    pings++;
    connection.ping(
        new PingListener() {
          @Override
          public void answered(long roundTrip) {
            pongs++;
            world.check(pongs + pingsFailed <= pings, "a ping of %s ends twice", name);
            calledOut();
          }

          @Override
          public void failed(Status why, boolean sent) {
            pingsFailed++;
            pingsFailedOpen += opened ? 1 : 0;
            world.check(pongs + pingsFailed <= pings, "a ping of %s ends twice", name);
            calledOut();
          }
        });
  }

  void event(int size) {
    int number = eventsSent.size();
    eventsSent.add(size);
    Status refusal = connection.sendEvent("simulation." + number, event(number, size), List.of());
    if (refusal != null) {
      eventsSent.remove(eventsSent.size() - 1);
    }
    world.tell("%s: event %d, %s", this, number, refusal == null ? "sent" : refusal.getMessage());
  }

  private com.google.protobuf.MessageLite event(int number, int size) {
    return Payloads.of(number, name, 0, size);
  }

  void close() {
    world.tell("%s: closes", this);
    connection.close();
  }

  void abort() {
    world.tell("%s: aborts", this);
    connection.abort(Code.ABORTED_VALUE, "the application's wish");
  }

  // --- What the application is told ---------------------------------------------------------

  @Override
  public @Nullable Refusal admit(String name, ByteString payload) {
    calledOut();
    return null;
  }

  @Override
  public void opened(String name, ByteString payload) {
    world.check(!opened && closed == null, "%s opens twice, or late", this);
    opened = true;
    onOpened.forEach(Runnable::run);
    calledOut();
  }

  @Override
  public IncomingCall incoming(Envelope request) {
    calledOut();
    return new SimulatedHandler(world, this, request, calls.find(request.name()));
  }

  void checkTakesCalls() {
    world.check(opened && closed == null, "%s gets a call out of time", this);
  }

  @Override
  public void event(Envelope envelope) {
    world.check(opened && closed == null, "%s gets an event out of time", this);
    int number = eventsTaken++;
    world.check(
        envelope.name().equals("simulation." + number), "%s gets %s too early", this, envelope);
    int size = other().eventsSent.get(number);
    world.check(Payloads.is(envelope, number, other().name, 0, size), "%s gets a bad event", this);
    int payload = envelope.payloadLength();
    world.after(world.skewed(1_000_000), () -> connection.eventConsumed(payload));
    calledOut();
  }

  @Override
  public void closed(Status why) {
    world.tell("%s: closed, %d \"%s\"", this, why.getCode(), why.getMessage());
    world.check(closed == null, "%s is closed twice", this);
    closed = why;
    calledOut();
  }

  // --- What has to be true ------------------------------------------------------------------

  @Nullable Status closed() {
    return closed;
  }

  /** Nothing happens any more, and the connection lives: everything that began has ended well. */
  void checkIdle() {
    world.check(opened && closed == null && !done, "%s is not open", this);
    world.check(inFlight.isEmpty(), "%s still has %s", this, inFlight);
    world.check(pongs + pingsFailed == pings, "%s has a ping without an answer", this);
    world.check(pingsFailedOpen == 0, "%s has a ping that failed", this);
    world.check(
        eventsTaken == other().eventsSent.size(),
        "%s has %d events of %d",
        this,
        eventsTaken,
        other().eventsSent.size());
    world.check(!wantsToWrite, "%s still wants to write", this);
    world.check(timers.waiting() == 0, "%s still has timers", this);
    Remains.checkNoCalls(world, connection);
  }

  /** The connection has ended, and nothing happens any more. */
  void checkEnded() {
    world.check(closed != null && done && link.isClosed(), "%s has not ended", this);
    world.check(inFlight.isEmpty(), "%s still has %s", this, inFlight);
    world.check(pongs + pingsFailed == pings, "%s has a ping without an end", this);
    world.check(timers.waiting() == 0, "%s still has timers", this);
    Remains.checkNoCalls(world, connection);
  }

  @Override
  public String toString() {
    return name;
  }
}
