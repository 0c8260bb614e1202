package dev.parley.rpc;

/** Where the messages of a stream are sent. Safe for use by many threads. */
@FunctionalInterface
public interface MessageSink<T> {
  /**
   * Sends one message, waiting while the receiver has no room for it.
   *
   * @throws RpcException if the call has ended
   */
  void send(T message);
}
