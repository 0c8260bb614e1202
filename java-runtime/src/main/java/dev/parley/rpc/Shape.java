package dev.parley.rpc;

/** Which side of a {@link Method} sends a stream of messages instead of exactly one. */
public enum Shape {
  /** One request, one reply. */
  UNARY(false, false),
  /** One request, any number of replies. */
  SERVER_STREAMING(false, true),
  /** Any number of requests, one reply. */
  CLIENT_STREAMING(true, false),
  /** Any number of both, side by side. */
  BIDI_STREAMING(true, true),
  /** One request that travels as an event: no reply, no wait, no outcome (E-1). */
  ONE_WAY(false, false);

  private final boolean clientStreams;
  private final boolean serverStreams;

  Shape(boolean clientStreams, boolean serverStreams) {
    this.clientStreams = clientStreams;
    this.serverStreams = serverStreams;
  }

  /** Whether the caller sends any number of messages. */
  public boolean clientStreams() {
    return clientStreams;
  }

  /** Whether the callee answers with any number of messages. */
  public boolean serverStreams() {
    return serverStreams;
  }
}
