package dev.parley.rpc;

import com.google.protobuf.MessageLite;

/** What serves a method that is a topic: says which topic it is, whenever somebody subscribes. */
@FunctionalInterface
public interface TopicSource<Q extends MessageLite, R extends MessageLite> {
  /**
   * The topic: the same one each time. Called by threads that read, so it must not block.
   *
   * @throws RpcException which the subscriber gets
   */
  Topic<Q, R> topic();
}
