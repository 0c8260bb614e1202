package dev.parley.conformance.wire;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.parley.conformance.v1.Side;
import dev.parley.conformance.wire.Trace.Entry;
import dev.parley.v1.Envelope;
import dev.parley.v1.Envelope.Type;
import dev.parley.v1.Hello;
import dev.parley.v1.Metadata;
import dev.parley.v1.Status;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Holds one recorded connection against the rules that every frame has to keep, whatever the case.
 * For one thread.
 */
public final class Referee {
  private final Map<Side, End> ends =
      Map.of(Side.CLIENT_SIDE, new End(1), Side.SERVER_SIDE, new End(0));

  /** What one side has said. */
  private static final class End {
    private final long parity;
    private @Nullable Hello hello;
    private long mark;
    private final Map<Long, RefereedCall> calls = new HashMap<>();
    private final Set<Long> pings = new HashSet<>();
    private int open;

    /** What this side may send as events. */
    private @Nullable RefereedWindow events;

    private End(long parity) {
      this.parity = parity;
    }
  }

  /** Checks all connections of a trace. */
  public static void check(Trace trace) {
    Map<Integer, Referee> referees = new HashMap<>();
    for (Entry entry : trace.entries()) {
      String foul =
          referees.computeIfAbsent(entry.connection(), number -> new Referee()).see(entry);
      if (foul != null) {
        throw new Mismatch("foul on the wire: " + foul + ": " + entry);
      }
    }
  }

  private @Nullable String see(Entry entry) {
    Side side = entry.from();
    End from = end(side);
    End to = end(side == Side.CLIENT_SIDE ? Side.SERVER_SIDE : Side.CLIENT_SIDE);
    Envelope envelope = entry.what().envelope();
    if (envelope == null) {
      return entry.what().isEnd() ? null : "no frame";
    }
    Hello accepted = to.hello;
    int limit = accepted == null ? 16_384 : accepted.getMaxFrame();
    if (entry.what().size() > (limit == 0 ? 4 << 20 : limit)) {
      return "F-2: longer than the peer reads";
    }
    if (envelope.getType() != Type.HELLO && envelope.getType() != Type.GOAWAY) {
      if (from.hello == null || to.hello == null) {
        return "H-1: before both HELLO";
      }
    }
    String foul = lengths(envelope);
    return foul != null ? foul : seeType(side, from, to, envelope);
  }

  private End end(Side side) {
    return Objects.requireNonNull(ends.get(side));
  }

  private static @Nullable String lengths(Envelope envelope) {
    if (size(envelope.getName()) > 255 || size(envelope.getSentBy()) > 64) {
      return "F-7: a name is too long";
    }
    int all = 0;
    for (Metadata pair : envelope.getMetadataList()) {
      all += size(pair.getKey()) + pair.getValue().size();
      if (pair.getKey().isEmpty() || size(pair.getKey()) > 64) {
        return "F-7: a key of " + size(pair.getKey()) + " bytes";
      }
    }
    return envelope.getMetadataCount() > 32 || all > 8192 ? "F-7: too much metadata" : null;
  }

  private static int size(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private @Nullable String seeType(Side side, End from, End to, Envelope envelope) {
    long id = envelope.getId();
    return switch (envelope.getType()) {
      case HELLO -> hello(side, from, to, envelope);
      case REQUEST -> request(from, to, envelope);
      case RESPONSE -> response(from, to, envelope);
      case CANCEL -> cancel(from.calls.get(id));
      case EVENT -> event(from, to, envelope);
      case PING -> from.pings.add(id) && from.pings.size() > 1 ? "P-1: a second PING" : null;
      case PONG -> to.pings.remove(id) ? null : "P-1: a PONG to nothing";
      case GOAWAY -> goaway(envelope);
      case MESSAGE, END, CREDIT ->
          stream(from, to) ? streamFrame(from, to, envelope) : "H-3: above the level of both";
      case UNSPECIFIED, UNRECOGNIZED -> "F-8: of no known type";
    };
  }

  private static @Nullable String event(End from, End to, Envelope envelope) {
    if (envelope.getId() != 0 || envelope.getName().isEmpty() || envelope.getMore()) {
      return "E-1: an EVENT with an id, in parts or without a name";
    }
    if (to.hello != null && to.hello.getLevel() < 1) {
      return "H-3: above the peer's level";
    }
    return stream(from, to) ? events(from, to).spend(envelope.getPayload().size(), true) : null;
  }

  /** Whether both sides speak level 2. */
  private static boolean stream(End from, End to) {
    return from.hello != null
        && to.hello != null
        && Math.min(from.hello.getLevel(), to.hello.getLevel()) >= 2;
  }

  /** What {@code from} may send to {@code to} as events. */
  private static RefereedWindow events(End from, End to) {
    RefereedWindow window = from.events;
    if (window == null) {
      window = windowOf(to);
      from.events = window;
    }
    return window;
  }

  /** The window that a side has announced. */
  private static RefereedWindow windowOf(End end) {
    return new RefereedWindow(end.hello == null ? 0 : end.hello.getWindow());
  }

  private static @Nullable String cancel(@Nullable RefereedCall call) {
    if (call == null) {
      return "C-2: CANCEL of no call";
    }
    call.cancel();
    return null;
  }

  private static @Nullable String streamFrame(End from, End to, Envelope envelope) {
    long id = envelope.getId();
    if (envelope.getType() == Type.CREDIT && id == 0) {
      events(to, from).grant(envelope.getCredit());
      return null;
    }
    boolean fromCaller = id % 2 == from.parity;
    RefereedCall call = (fromCaller ? from : to).calls.get(id);
    if (call == null) {
      return "C-2: a " + envelope.getType() + " of no call";
    }
    if (envelope.getType() == Type.CREDIT) {
      call.credit(envelope, fromCaller);
      return null;
    }
    if (envelope.getType() == Type.MESSAGE) {
      return call.message(envelope, fromCaller);
    }
    return fromCaller ? call.end() : "C-2: an END from the callee";
  }

  private static @Nullable String hello(Side side, End from, End to, Envelope envelope) {
    if (from.hello != null) {
      return "H-1: a second HELLO";
    }
    if (side == Side.SERVER_SIDE && to.hello == null) {
      return "H-1: the accepting side's HELLO came first";
    }
    if (envelope.getSentBy().isEmpty()) {
      return "H-2: a HELLO without a name";
    }
    try {
      from.hello = Hello.parseFrom(envelope.getPayload());
    } catch (InvalidProtocolBufferException e) {
      return "H-2: a HELLO that does not parse";
    }
    return null;
  }

  private static @Nullable String request(End from, End to, Envelope envelope) {
    long id = envelope.getId();
    if ((envelope.getOpen() || envelope.getMore()) && !stream(from, to)) {
      return "H-3: a REQUEST that is not whole";
    }
    if (envelope.getName().isEmpty()) {
      RefereedCall begun = from.calls.get(id);
      return begun == null ? "F-9: a REQUEST without a name" : begun.request(envelope, false);
    }
    if (id <= from.mark || id % 2 != from.parity) {
      return "C-2: an id that does not rise, or of the other side";
    }
    from.mark = id;
    if (envelope.getOpen() && !envelope.getPayload().isEmpty()) {
      return "C-6: a REQUEST with `open` and a payload";
    }
    RefereedCall call = new RefereedCall(envelope.getOpen(), windowOf(to), windowOf(from));
    from.calls.put(id, call);
    from.open++;
    int most = to.hello == null || to.hello.getMaxCalls() == 0 ? 1024 : to.hello.getMaxCalls();
    if (from.open > most) {
      return "C-3: more calls than the peer takes";
    }
    return call.request(envelope, true);
  }

  private static @Nullable String response(End from, End caller, Envelope envelope) {
    RefereedCall call = caller.calls.get(envelope.getId());
    if (call == null) {
      return "C-2: a RESPONSE to nothing";
    }
    if (envelope.getMore() && !stream(from, caller)) {
      return "H-3: a RESPONSE that is not whole";
    }
    boolean continues = call.midResponse();
    String foul = call.response(envelope);
    if (foul != null || envelope.getMore()) {
      return foul;
    }
    caller.open--;
    if (continues) {
      return null;
    }
    if (envelope.getSuccess()) {
      return null;
    }
    try {
      int code = Status.parseFrom(envelope.getPayload()).getCode();
      return code < 1 || code > 16 ? "C-10: a failure with code " + code : null;
    } catch (InvalidProtocolBufferException e) {
      return "C-10: a Status that does not parse";
    }
  }

  private static @Nullable String goaway(Envelope envelope) {
    try {
      FrameMatching.status(envelope);
      return null;
    } catch (InvalidProtocolBufferException e) {
      return "G-1: a GOAWAY that does not parse";
    }
  }
}
