package dev.parley.wire;

import org.jspecify.annotations.Nullable;

/** The kinds of frame. A number that is none of them is an unknown type, to be ignored (F-8). */
public enum FrameType {
  /** Who speaks and what it accepts: the first frame each way. */
  HELLO(1),
  /** The start of a call, or, without a name, more of its one message. */
  REQUEST(2),
  /** One message of a stream. */
  MESSAGE(3),
  /** The caller's own messages are over. */
  END(4),
  /** The end of a call: the reply or a Status. */
  RESPONSE(5),
  /** The caller no longer wants the answer. */
  CANCEL(6),
  /** The peer may send this much more. */
  CREDIT(7),
  /** A one-way message that belongs to no call. */
  EVENT(8),
  /** A question whether the peer lives. */
  PING(9),
  /** The answer to a PING. */
  PONG(10),
  /** No more calls to this side; or why the connection closes. */
  GOAWAY(11);

  private static final @Nullable FrameType[] BY_NUMBER = new FrameType[12];

  static {
    for (FrameType type : values()) {
      BY_NUMBER[type.number] = type;
    }
  }

  private final int number;

  FrameType(int number) {
    this.number = number;
  }

  /** The number on the wire. */
  public int number() {
    return number;
  }

  /** The type with this number; null when there is none. */
  public static @Nullable FrameType of(int number) {
    return number >= 0 && number < BY_NUMBER.length ? BY_NUMBER[number] : null;
  }
}
