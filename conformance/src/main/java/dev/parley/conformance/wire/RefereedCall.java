package dev.parley.conformance.wire;

import dev.parley.v1.Envelope;
import dev.parley.v1.Envelope.Type;
import org.jspecify.annotations.Nullable;

/** One call as a referee sees it: what each side may still send, and what it has begun. */
final class RefereedCall {
  /** One side's half of the call. */
  private static final class Half {
    private final RefereedWindow window;

    /** What has begun and is not whole. */
    private @Nullable Type begun;

    private boolean over;

    Half(RefereedWindow window) {
      this.window = window;
    }
  }

  private final Half caller;
  private final Half callee;
  private boolean cancelled;
  private boolean answered;

  /**
   * @param toCallee the window of the callee, which bounds the caller
   * @param toCaller the window of the caller, which bounds the callee
   */
  RefereedCall(boolean open, RefereedWindow toCallee, RefereedWindow toCaller) {
    caller = new Half(toCallee);
    callee = new Half(toCaller);
    caller.over = !open;
  }

  boolean isAnswered() {
    return answered;
  }

  /** The REQUEST, or a part of it; a foul, or null. */
  @Nullable String request(Envelope frame, boolean first) {
    if (!first && caller.begun != Type.REQUEST) {
      return "F-9: a REQUEST without a name that continues none";
    }
    if (cancelled) {
      return "X-2: more of a call behind its CANCEL";
    }
    caller.begun = frame.getMore() ? Type.REQUEST : null;
    return null;
  }

  /** A MESSAGE of either side; a foul, or null. */
  @Nullable String message(Envelope frame, boolean fromCaller) {
    Half half = fromCaller ? caller : callee;
    if (fromCaller && cancelled) {
      return "X-2: a MESSAGE behind CANCEL";
    }
    if (half.over) {
      return fromCaller ? "C-6: a MESSAGE without `open` or after END" : "C-3: a MESSAGE too late";
    }
    if (half.begun != null && half.begun != Type.MESSAGE) {
      return "F-9: a MESSAGE between the parts of a " + half.begun;
    }
    boolean begins = half.begun == null;
    half.begun = frame.getMore() ? Type.MESSAGE : null;
    return half.window.spend(frame.getPayload().size(), begins);
  }

  /** END; a foul, or null. */
  @Nullable String end() {
    if (caller.over || caller.begun != null || cancelled) {
      return "C-6: an END without `open`, twice, inside a message or behind CANCEL";
    }
    caller.over = true;
    return null;
  }

  void cancel() {
    cancelled = true;
  }

  /** A grant to the other side. */
  void credit(Envelope frame, boolean fromCaller) {
    (fromCaller ? callee : caller).window.grant(frame.getCredit());
  }

  /** The RESPONSE, or a part of it; a foul, or null. */
  @Nullable String response(Envelope frame) {
    if (answered) {
      return "C-3: a second RESPONSE";
    }
    boolean begins = callee.begun != Type.RESPONSE;
    if (begins && callee.begun == Type.MESSAGE && frame.getSuccess()) {
      return "F-9: a RESPONSE between the parts of a MESSAGE";
    }
    callee.over = true;
    callee.begun = frame.getMore() ? Type.RESPONSE : null;
    answered = !frame.getMore();
    return null;
  }

  /** Whether the RESPONSE that has just been seen was whole in its one frame. */
  boolean midResponse() {
    return callee.begun == Type.RESPONSE;
  }
}
