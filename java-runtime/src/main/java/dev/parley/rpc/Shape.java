package dev.parley.rpc;

/** Which side of a {@link Method} sends a stream of messages instead of exactly one. */
public enum Shape {
  UNARY(false, false),
  SERVER_STREAMING(false, true),
  CLIENT_STREAMING(true, false),
  BIDI_STREAMING(true, true);

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
