package dev.parley.codegen.model;

/**
 * Which side of a method sends a stream, or that it is one-way: sent as an event, or a topic: its
 * server publishes.
 */
public enum Shape {
  UNARY,
  SERVER_STREAMING,
  CLIENT_STREAMING,
  BIDI_STREAMING,
  ONE_WAY,
  TOPIC;

  public boolean clientStreams() {
    return this == CLIENT_STREAMING || this == BIDI_STREAMING;
  }

  public boolean serverStreams() {
    return this == SERVER_STREAMING || this == BIDI_STREAMING;
  }

  public static Shape of(boolean clientStreams, boolean serverStreams) {
    if (clientStreams) {
      return serverStreams ? BIDI_STREAMING : CLIENT_STREAMING;
    }
    return serverStreams ? SERVER_STREAMING : UNARY;
  }
}
