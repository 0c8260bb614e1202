package dev.parley.rpc;

import java.util.Iterator;

/**
 * The messages of a stream, in order and without gaps, until it ends or fails.
 *
 * <p>For one thread, and to be iterated once. The iterator blocks for the next message and throws
 * {@link RpcException} when the stream fails. Closing it early cancels the call.
 */
public interface MessageStream<T> extends Iterable<T>, AutoCloseable {
  @Override
  Iterator<T> iterator();

  @Override
  void close();
}
