package dev.parley.connection.simulation;

import dev.parley.v1.Envelope;
import dev.parley.v1.Envelope.Type;
import dev.parley.v1.Hello;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The calls of a connection as someone knows them who sees nothing but the frames: sections 7 to 9
 * and 15 of the specification, once more.
 */
final class WireCalls {
  private final World world;
  private final Map<Long, Call> calls = new HashMap<>();

  /** By side, the connecting one at 1. */
  private final long[] marks = new long[2];

  private final @Nullable Hello[] hellos = new @Nullable Hello[2];

  /** What one direction of a call has come to. */
  private static final class Way {
    long window;

    /** The type of the message that goes on in the next frame. */
    @Nullable Type unfinished;

    boolean over;
  }

  private static final class Call {
    final boolean open;
    final Way caller = new Way();
    final Way callee = new Way();
    boolean requestWhole;
    boolean cancelled;

    Call(boolean open) {
      this.open = open;
    }
  }

  WireCalls(World world) {
    this.world = world;
  }

  /** What an absent field of a HELLO stands for. */
  static Hello withDefaults(Hello hello) {
    Hello.Builder full = hello.toBuilder();
    if (hello.getMaxFrame() == 0) {
      full.setMaxFrame(4 << 20);
    }
    if (hello.getWindow() == 0) {
      full.setWindow(256 << 10);
    }
    return full.build();
  }

  /** What a side has said of itself in its HELLO. */
  void limits(boolean connecting, Hello hello) {
    hellos[connecting ? 1 : 0] = hello;
  }

  /** Whether both sides speak of windows (section 8). */
  boolean countsWindows() {
    Hello accepting = hellos[0];
    Hello connecting = hellos[1];
    return accepting != null
        && connecting != null
        && Math.min(accepting.getLevel(), connecting.getLevel()) >= 2;
  }

  /** A REQUEST, or a part of one. */
  void request(Envelope frame) {
    if (frame.getName().isEmpty()) {
      Call call = calls.get(frame.getId());
      require(call != null && !call.cancelled, "F-9: a part of no REQUEST", frame);
      message(Objects.requireNonNull(call).caller, frame);
      call.requestWhole = !frame.getMore();
      return;
    }
    int side = (int) (frame.getId() & 1);
    require(frame.getId() > marks[side], "C-2: an id that does not rise", frame);
    marks[side] = frame.getId();
    Call call = new Call(frame.getOpen());
    require(!call.open || frame.getPayload().isEmpty(), "C-6: open beside a payload", frame);
    require(countsWindows() || (!call.open && !frame.getMore()), "H-3: above the level", frame);
    call.caller.window = window(1 - side);
    call.callee.window = window(side);
    call.requestWhole = !frame.getMore();
    calls.put(frame.getId(), call);
    message(call.caller, frame);
  }

  private long window(int side) {
    return Objects.requireNonNull(hellos[side]).getWindow();
  }

  /** Another frame of a call, by its caller or by its callee. */
  void frame(Envelope frame, boolean byCaller) {
    Call call = calls.get(frame.getId());
    require(call != null, "C-2: a call that was never opened", frame);
    Objects.requireNonNull(call);
    Way way = byCaller ? call.caller : call.callee;
    require(!byCaller || !call.cancelled, "X-2: a frame after CANCEL", frame);
    require(byCaller || !way.over, "C-3: a frame after RESPONSE", frame);
    switch (frame.getType()) {
      case MESSAGE -> {
        require(!byCaller || (call.open && !way.over), "C-6: MESSAGE out of place", frame);
        require(call.requestWhole || !byCaller, "C-6: MESSAGE before the REQUEST", frame);
        boolean begins = way.unfinished == null;
        require(!begins || way.window > 0, "W-4: a message without window", frame);
        way.window -= frame.getPayload().size() + 64;
        message(way, frame);
      }
      case END -> {
        require(byCaller && call.open && !way.over, "C-6: END out of place", frame);
        require(way.unfinished == null, "F-9: END inside a message", frame);
        way.over = true;
      }
      case RESPONSE -> {
        require(!byCaller, "C-2: RESPONSE by the caller", frame);
        if (!frame.getSuccess() && way.unfinished != Type.RESPONSE) {
          way.unfinished = null;
        }
        message(way, frame);
        way.over = !frame.getMore();
      }
      case CANCEL -> {
        require(byCaller, "C-2: CANCEL by the callee", frame);
        call.cancelled = true;
      }
      default -> (byCaller ? call.callee : call.caller).window += frame.getCredit();
    }
  }

  private void message(Way way, Envelope frame) {
    Type unfinished = way.unfinished;
    require(unfinished == null || unfinished == frame.getType(), "F-9: an unfinished one", frame);
    if (unfinished != null) {
      boolean bare =
          frame.getName().isEmpty() && frame.getTimeoutUs() == 0 && frame.getMetadataCount() == 0;
      require(bare, "F-9: a part that says more than it may", frame);
    }
    require(!frame.getMore() || !frame.getPayload().isEmpty(), "F-9: more beside nothing", frame);
    way.unfinished = frame.getMore() ? frame.getType() : null;
  }

  private void require(boolean holds, String rule, Envelope frame) {
    world.check(holds, "%s (%s)", rule, WireTap.line(frame));
  }
}
