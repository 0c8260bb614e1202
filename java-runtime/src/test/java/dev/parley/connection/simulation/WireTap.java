package dev.parley.connection.simulation;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.parley.v1.Envelope;
import dev.parley.v1.Envelope.Type;
import dev.parley.v1.GoAway;
import dev.parley.v1.Hello;
import dev.parley.v1.Status;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who reads along in one direction: writes the log, and holds the sender to the specification.
 * Frames are decoded by protobuf's own classes, and the rules are kept here a second time.
 */
final class WireTap {
  private final World world;
  private final String direction;
  private final boolean connecting;
  private final WireCalls calls;

  /** Behind which byte the first frame of a method's REQUEST ends. */
  private final Map<String, Long> requests = new HashMap<>();

  /** Behind which byte a call's RESPONSE ends. */
  private final Map<Long, Long> responses = new HashMap<>();

  private long written;

  private byte[] partial = new byte[1024];
  private int have;
  private @Nullable WireTap back;
  private @Nullable Hello hello;
  private boolean saidWhy;
  private boolean saidGoodbye;
  private long goodbyeId;
  private int pings;
  private int pongs;
  private long eventWindow;

  WireTap(World world, String direction, boolean connecting, WireCalls calls) {
    this.world = world;
    this.direction = direction;
    this.connecting = connecting;
    this.calls = calls;
  }

  /** Sets who reads along in the other direction. */
  void back(WireTap back) {
    this.back = back;
  }

  /** Whether a REQUEST of this method went out, or its first frame. */
  boolean requested(String method) {
    return requests.containsKey(method);
  }

  /** How many bytes were written. */
  long written() {
    return written;
  }

  /** Behind which byte the REQUEST of this method ends; as good as never if it is not whole. */
  long endOfRequest(String method) {
    return requests.getOrDefault(method, Long.MAX_VALUE);
  }

  /** Behind which byte the RESPONSE of this call ends; as good as never if it is not whole. */
  long endOfResponse(long id) {
    return responses.getOrDefault(id, Long.MAX_VALUE);
  }

  /** The kernel was given {@code count} bytes from {@code from}. */
  void wrote(ByteBuffer from, int count) {
    ByteBuffer bytes = from.duplicate();
    for (int left = count; left > 0; ) {
      int wanted = have < 4 ? 4 : 4 + ByteBuffer.wrap(partial).getInt();
      if (partial.length < wanted) {
        partial = java.util.Arrays.copyOf(partial, wanted);
      }
      int taken = Math.min(left, wanted - have);
      bytes.get(partial, have, taken);
      have += taken;
      left -= taken;
      written += taken;
      if (have > 4 && have == wanted) {
        frame();
        have = 0;
      }
    }
  }

  private void frame() {
    Envelope frame;
    try {
      frame = Envelope.parseFrom(ByteString.copyFrom(partial, 4, have - 4));
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(direction + " a frame that cannot be read", e);
    }
    world.tell("%s %s", direction, line(frame));
    require(!saidWhy, "a frame after GOAWAY with a reason", frame);
    Hello theirs = back().hello;
    if (frame.getType() != Type.HELLO && frame.getType() != Type.GOAWAY) {
      require(hello != null && theirs != null, "H-1: a frame before both HELLOs", frame);
    }
    if (theirs != null && hello != null) {
      require(have - 4 <= theirs.getMaxFrame(), "F-2: a frame that is too large", frame);
    }
    boolean ours = (frame.getId() & 1) == 1 == connecting;
    switch (frame.getType()) {
      case HELLO -> hello(frame);
      case REQUEST -> {
        require(ours, "C-1: an id of the other side's", frame);
        if (!frame.getName().isEmpty()) {
          requests.put(frame.getName(), written);
        }
        calls.request(frame);
      }
      case RESPONSE -> {
        calls.frame(frame, ours);
        responses.put(frame.getId(), written);
      }
      case MESSAGE, CANCEL, END -> calls.frame(frame, ours);
      case CREDIT -> {
        if (frame.getId() == 0) {
          back().eventWindow += frame.getCredit();
        } else {
          calls.frame(frame, ours);
        }
      }
      case EVENT -> event(frame);
      case PING -> {
        pings++;
        require(pings <= back().pongs + 1, "P-1: a second PING before the answer", frame);
      }
      case PONG -> {
        pongs++;
        require(pongs <= back().pings, "P-1: a PONG that nobody asked for", frame);
      }
      case GOAWAY -> goAway(frame);
      default -> require(false, "a type that nobody knows", frame);
    }
  }

  private WireTap back() {
    return java.util.Objects.requireNonNull(back);
  }

  private void hello(Envelope frame) {
    require(hello == null, "H-1: a second HELLO", frame);
    try {
      hello = WireCalls.withDefaults(Hello.parseFrom(frame.getPayload()));
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(direction + " a HELLO that cannot be read", e);
    }
    back().eventWindow = hello.getWindow();
    calls.limits(connecting, hello);
  }

  private void event(Envelope frame) {
    require(frame.getId() == 0 && !frame.getMore(), "E-1: an EVENT is one frame", frame);
    if (calls.countsWindows()) {
      require(eventWindow > 0, "W-4: an EVENT without window", frame);
      eventWindow -= frame.getPayload().size() + 64;
    }
  }

  private void goAway(Envelope frame) {
    require(!saidGoodbye || frame.getId() <= goodbyeId, "G-1: a higher id in GOAWAY", frame);
    saidGoodbye = true;
    goodbyeId = frame.getId();
    saidWhy = statusIn(frame).getCode() != 0;
  }

  private void require(boolean holds, String rule, Envelope frame) {
    world.check(holds, "%s (%s %s)", rule, direction, line(frame));
  }

  private static Status statusIn(Envelope frame) {
    try {
      return frame.getType() == Type.GOAWAY
          ? GoAway.parseFrom(frame.getPayload()).getStatus()
          : Status.parseFrom(frame.getPayload());
    } catch (InvalidProtocolBufferException e) {
      return Status.newBuilder().setMessage("in parts").build();
    }
  }

  /** A frame in one line, as the runtime's own log shows it. */
  static String line(Envelope frame) {
    StringBuilder line = new StringBuilder(100);
    line.append(String.format("%-8s %3d", frame.getType(), frame.getId()));
    if (!frame.getName().isEmpty()) {
      line.append(" name=").append(frame.getName());
    }
    if (frame.getTimeoutUs() != 0) {
      line.append(" timeout_us=").append(frame.getTimeoutUs());
    }
    if (frame.getOpen()) {
      line.append(" open");
    }
    if (frame.getMore()) {
      line.append(" more");
    }
    if (frame.getCredit() != 0) {
      line.append(" credit=").append(frame.getCredit());
    }
    if (!frame.getPayload().isEmpty()) {
      line.append(" payload=").append(frame.getPayload().size());
    }
    boolean failed = frame.getType() == Type.RESPONSE && !frame.getSuccess();
    if (failed || frame.getType() == Type.GOAWAY) {
      Status status = statusIn(frame);
      line.append(" status=").append(status.getCode()).append(" \"").append(status.getMessage());
      line.append(status.getNotRun() ? "\" not_run" : "\"");
    } else if (frame.getType() == Type.RESPONSE) {
      line.append(" success");
    }
    return line.toString();
  }
}
