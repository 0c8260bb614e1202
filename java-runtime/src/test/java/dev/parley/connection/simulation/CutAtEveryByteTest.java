package dev.parley.connection.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.connection.Settings;
import dev.parley.connection.simulation.CallScript.Answer;
import dev.parley.connection.simulation.Scenario.Carriage;
import dev.parley.connection.simulation.SimulatedCall.End;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A conversation of a few calls, cut off behind each of its bytes in turn: what a call's caller is
 * told is what can be known (C-8, C-9), and no more.
 */
class CutAtEveryByteTest {
  private static final Carriage WHOLE = new Carriage(300_000, 0, 0, 0, 0);
  private static final Carriage BYTE_BY_BYTE = new Carriage(300_000, 1, 0, 0, 0);

  @Test
  void aCutOfWhatTheCallerWritesLeavesEveryCallWithTheOutcomeThatIsKnown() {
    assertThat(cutEverywhere(WHOLE, true)).contains(End.NOT_SENT, End.UNKNOWN, End.SUCCESS);
  }

  @Test
  void aCutOfWhatTheCalleeWritesLeavesEveryCallWithTheOutcomeThatIsKnown() {
    assertThat(cutEverywhere(WHOLE, false)).contains(End.NOT_SENT, End.UNKNOWN, End.SUCCESS);
  }

  @Test
  void soDoesACutOfWhatTheCallerWritesByteByByte() {
    assertThat(cutEverywhere(BYTE_BY_BYTE, true)).contains(End.NOT_SENT, End.UNKNOWN, End.SUCCESS);
  }

  @Test
  void soDoesACutOfWhatTheCalleeWritesByteByByte() {
    assertThat(cutEverywhere(BYTE_BY_BYTE, false)).contains(End.NOT_SENT, End.UNKNOWN, End.SUCCESS);
  }

  /** Cuts behind each byte; the ends that calls had. */
  private static List<End> cutEverywhere(Carriage carriage, boolean there) {
    Conversation whole = new Conversation(carriage);
    List<End> ends = whole.talk();
    assertThat(ends).as("without a cut").containsOnly(End.SUCCESS);
    long bytes = (there ? whole.tapThere : whole.tapBack).written();
    for (long cut = 0; cut < bytes; cut++) {
      Conversation conversation = new Conversation(carriage);
      conversation.cutBehind(cut, there);
      ends.addAll(conversation.talk());
    }
    return ends;
  }

  /** A unary call, a stream of the callee's, a stream of the caller's, and one both ways. */
  private static final class Conversation {
    private final World world = new World(7, false);
    private final Calls calls = new Calls(world, 0);
    private final WireCalls wireCalls = new WireCalls(world);
    private final WireTap tapThere = new WireTap(world, ">>", true, wireCalls);
    private final WireTap tapBack = new WireTap(world, "<<", false, wireCalls);
    private final Pipe there;
    private final Pipe back;
    private final Side caller;
    private final Side callee;

    Conversation(Carriage carriage) {
      tapThere.back(tapBack);
      tapBack.back(tapThere);
      there = new Pipe(world, carriage, tapThere);
      back = new Pipe(world, carriage, tapBack);
      Settings settings = Settings.ofConnecting("caller").withWindow(100);
      caller =
          new Side(
              world,
              "caller",
              true,
              settings,
              calls,
              new SimulatedLink(world, back, there),
              tapThere);
      callee =
          new Side(
              world,
              "callee",
              false,
              Settings.ofAccepting("callee").withWindow(100),
              calls,
              new SimulatedLink(world, there, back),
              tapBack);
      caller.meet(callee);
      callee.meet(caller);
      there.tell(callee::mayRead, caller::mayWrite);
      back.tell(caller::mayRead, callee::mayWrite);
    }

    void cutBehind(long bytes, boolean whatCallerWrites) {
      Runnable cut =
          () -> {
            there.breakOff();
            back.breakOff();
          };
      (whatCallerWrites ? there : back).cutAfter(bytes, cut);
    }

    /** Makes one call after the other, whatever becomes of them; how they ended. */
    List<End> talk() {
      callee.connection().start();
      caller.connection().start();
      world.rest();
      List<End> ends = new ArrayList<>();
      for (boolean calleeStreams : new boolean[] {false, true}) {
        for (boolean callerStreams : new boolean[] {false, true}) {
          long before = tapThere.written();
          SimulatedCall call = caller.call(script(callerStreams, calleeStreams));
          world.rest();
          checkOutcome(call, before);
          ends.add(call.how());
        }
      }
      caller.close();
      world.rest();
      callee.close();
      world.rest();
      caller.checkEnded();
      callee.checkEnded();
      return ends;
    }

    private CallScript script(boolean callerStreams, boolean calleeStreams) {
      List<Integer> stream = List.of(30, 0, 200);
      List<Integer> one = List.of(20);
      return new CallScript(
          calls.plain().nonce(),
          callerStreams,
          calleeStreams,
          callerStreams ? stream : one,
          calleeStreams ? stream : one,
          0,
          -1,
          Answer.REPLY,
          1,
          0,
          0,
          Integer.MAX_VALUE,
          false,
          true,
          0);
    }

    private void checkOutcome(SimulatedCall call, long before) {
      long id = 2 * call.script().nonce() + 1;
      boolean sent = tapThere.written() > before;
      boolean answered = back.read() >= tapBack.endOfResponse(id);
      boolean arrived = there.read() >= tapThere.endOfRequest(call.script().method());
      End known = answered ? End.SUCCESS : sent ? End.UNKNOWN : End.NOT_SENT;
      world.check(call.how() == known, "%s, wanted %s", call, known);
      world.check(call.ran() == arrived, "%s ran: %b, wanted %b", call, call.ran(), arrived);
    }
  }
}
