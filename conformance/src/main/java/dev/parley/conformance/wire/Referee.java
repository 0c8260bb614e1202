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
    private final Map<Long, Boolean> calls = new HashMap<>();
    private final Set<Long> pings = new HashSet<>();
    private int open;

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
      case RESPONSE -> response(to, envelope);
      case CANCEL -> from.calls.containsKey(id) ? null : "C-2: CANCEL of no call";
      case EVENT -> event(to, envelope);
      case PING -> from.pings.add(id) && from.pings.size() > 1 ? "P-1: a second PING" : null;
      case PONG -> to.pings.remove(id) ? null : "P-1: a PONG to nothing";
      case GOAWAY -> goaway(envelope);
      case MESSAGE, END, CREDIT -> "H-3: above the level of both";
      case UNSPECIFIED, UNRECOGNIZED -> "F-8: of no known type";
    };
  }

  private static @Nullable String event(End to, Envelope envelope) {
    if (envelope.getId() != 0 || envelope.getName().isEmpty()) {
      return "E-1: an EVENT with an id or without a name";
    }
    return to.hello != null && to.hello.getLevel() < 1 ? "H-3: above the peer's level" : null;
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
    if (id <= from.mark || id % 2 != from.parity) {
      return "C-2: an id that does not rise, or of the other side";
    }
    from.mark = id;
    if (envelope.getName().isEmpty() || envelope.getOpen() || envelope.getMore()) {
      return "H-3: a REQUEST that is not whole";
    }
    from.calls.put(id, true);
    from.open++;
    int most = to.hello == null || to.hello.getMaxCalls() == 0 ? 1024 : to.hello.getMaxCalls();
    return from.open > most ? "C-3: more calls than the peer takes" : null;
  }

  private static @Nullable String response(End caller, Envelope envelope) {
    Boolean open = caller.calls.put(envelope.getId(), false);
    if (open == null) {
      return "C-2: a RESPONSE to nothing";
    }
    if (!open) {
      return "C-3: a second RESPONSE";
    }
    caller.open--;
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
