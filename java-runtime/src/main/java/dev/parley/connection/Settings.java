package dev.parley.connection;

import com.google.protobuf.ByteString;
import dev.parley.wire.Limits;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What this side of a connection says of itself and accepts. Immutable.
 *
 * @param name this process's name, the HELLO's {@code sent_by}
 * @param maxFrame the largest frame that is read, in bytes
 * @param maxMessage the largest message that is put together, in bytes
 * @param window what the peer may send on each call, and as events, before the first CREDIT, in
 *     bytes
 * @param maxCalls how many of the peer's calls may be in flight at once
 * @param payload what the HELLO carries for the application
 * @param handshakeTimeout how long the peer may take for its HELLO (H-5)
 * @param drainTimeout how long a graceful close waits for calls in flight
 * @param busyPoll how long a reader polls, after something came or went, before it sleeps; zero:
 *     not at all
 * @param keepalive when a silent peer is asked for a sign of life; null: never
 */
public record Settings(
    String name,
    int maxFrame,
    long maxMessage,
    long window,
    int maxCalls,
    ByteString payload,
    Duration handshakeTimeout,
    Duration drainTimeout,
    Duration busyPoll,
    @Nullable Keepalive keepalive) {

  /** The highest level that this runtime speaks: calls, events, streams, credit and fragments. */
  static final int LEVEL = 2;

  /** The version of the protocol, and the lowest that is spoken (H-2). */
  static final int VERSION = 1;

  /**
   * When a silent peer is asked for a sign of life, and given up (P-2).
   *
   * @param silence how long nothing has come before it is asked
   * @param patience how long it may take to send anything after that
   */
  public record Keepalive(Duration silence, Duration patience) {
    public Keepalive {
      if (silence.isNegative() || silence.isZero() || patience.isNegative() || patience.isZero()) {
        throw new IllegalArgumentException(
            "P-2: keepalive of " + silence + " and " + patience + " is not positive");
      }
    }
  }

  /** How long a graceful close waits for calls in flight unless told otherwise. */
  public static final Duration DRAIN_TIMEOUT = Duration.ofSeconds(5);

  public Settings {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(payload, "payload");
    String fault = name.isEmpty() ? "H-2: a name is needed" : Limits.sentByFault(name);
    if (fault != null) {
      throw new IllegalArgumentException(fault);
    }
    if (maxCalls < 1) {
      throw new IllegalArgumentException("max_calls of " + maxCalls + " takes no call at all");
    }
    if (window < 1) {
      throw new IllegalArgumentException("W-1: a window of " + window + " takes no message at all");
    }
    if (maxFrame < Limits.LEAST_MAX_FRAME) {
      throw new IllegalArgumentException(
          "H-2: max_frame of " + maxFrame + " is below " + Limits.LEAST_MAX_FRAME);
    }
    if (busyPoll.isNegative() || busyPoll.compareTo(BusyPoll.MOST) > 0) {
      throw new IllegalArgumentException(
          "busy polling for " + busyPoll + " is not between 0 and " + BusyPoll.MOST);
    }
    if (payload.size() > Limits.HELLO_PAYLOAD) {
      throw new IllegalArgumentException(
          "H-2: HELLO payload of "
              + payload.size()
              + " bytes is over the limit of "
              + Limits.HELLO_PAYLOAD);
    }
  }

  /** The defaults of a side that connects. */
  public static Settings ofConnecting(String name) {
    return of(name, Duration.ofNanos(Limits.HELLO_ANSWER_NANOS));
  }

  /** The defaults of a side that accepts. */
  public static Settings ofAccepting(String name) {
    return of(name, Duration.ofNanos(Limits.HELLO_NANOS));
  }

  private static Settings of(String name, Duration handshakeTimeout) {
    return new Settings(
        name,
        Limits.MAX_FRAME,
        Limits.MAX_MESSAGE,
        Limits.WINDOW,
        Limits.MAX_CALLS,
        ByteString.EMPTY,
        handshakeTimeout,
        DRAIN_TIMEOUT,
        BusyPoll.DEFAULT,
        null);
  }

  public Settings withName(String name) {
    return with(copy -> copy.name = name);
  }

  public Settings withMaxFrame(int maxFrame) {
    return with(copy -> copy.maxFrame = maxFrame);
  }

  public Settings withMaxMessage(long maxMessage) {
    return with(copy -> copy.maxMessage = maxMessage);
  }

  public Settings withWindow(long window) {
    return with(copy -> copy.window = window);
  }

  public Settings withMaxCalls(int maxCalls) {
    return with(copy -> copy.maxCalls = maxCalls);
  }

  public Settings withPayload(ByteString payload) {
    return with(copy -> copy.payload = payload);
  }

  public Settings withHandshakeTimeout(Duration handshakeTimeout) {
    return with(copy -> copy.handshakeTimeout = handshakeTimeout);
  }

  public Settings withDrainTimeout(Duration drainTimeout) {
    return with(copy -> copy.drainTimeout = drainTimeout);
  }

  public Settings withBusyPoll(Duration busyPoll) {
    return with(copy -> copy.busyPoll = busyPoll);
  }

  public Settings withKeepalive(Keepalive keepalive) {
    return with(copy -> copy.keepalive = keepalive);
  }

  private Settings with(Consumer<Copy> change) {
    Copy copy = new Copy(this);
    change.accept(copy);
    return copy.settings();
  }

  /** These settings while one of them is replaced. */
  private static final class Copy {
    private String name;
    private int maxFrame;
    private long maxMessage;
    private long window;
    private int maxCalls;
    private ByteString payload;
    private Duration handshakeTimeout;
    private Duration drainTimeout;
    private Duration busyPoll;
    private @Nullable Keepalive keepalive;

    Copy(Settings of) {
      name = of.name;
      maxFrame = of.maxFrame;
      maxMessage = of.maxMessage;
      window = of.window;
      maxCalls = of.maxCalls;
      payload = of.payload;
      handshakeTimeout = of.handshakeTimeout;
      drainTimeout = of.drainTimeout;
      busyPoll = of.busyPoll;
      keepalive = of.keepalive;
    }

    Settings settings() {
      return new Settings(
          name,
          maxFrame,
          maxMessage,
          window,
          maxCalls,
          payload,
          handshakeTimeout,
          drainTimeout,
          busyPoll,
          keepalive);
    }
  }
}
