package dev.parley.rpc;

/** A call in which the client streams: send messages, then {@link #finish} for the reply. */
public interface ClientStream<Q, R> extends MessageSink<Q>, AutoCloseable {
  /** Says that no more messages follow, and waits for the reply. */
  R finish();

  /** Cancels the call unless it has ended. */
  @Override
  void close();
}
