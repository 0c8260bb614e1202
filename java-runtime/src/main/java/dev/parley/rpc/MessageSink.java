package dev.parley.rpc;

import java.util.concurrent.CompletableFuture;

/**
 * Where the messages of a stream are sent. Safe for use by many threads; each message is sent
 * whole.
 */
@FunctionalInterface
public interface MessageSink<T> {
  /**
   * Sends one message, waiting while the receiver has no room for it (its window is used up). The
   * wait ends with room, with the end of the call, with its deadline, and with an interrupt.
   *
   * @throws RpcException if the call has ended or ends meanwhile; CANCELLED if the thread is
   *     interrupted, whose flag is then set again
   */
  void send(T message);

  /**
   * Sends one message without waiting: the future completes when the message was taken into the
   * window, and fails as {@link #send} does. Messages are sent in the order of the calls; a sender
   * that keeps memory bounded waits for one future before it sends more.
   */
  default CompletableFuture<Void> sendAsync(T message) {
    try {
      send(message);
      return CompletableFuture.completedFuture(null);
    } catch (RpcException e) {
      return CompletableFuture.failedFuture(e);
    }
  }
}
