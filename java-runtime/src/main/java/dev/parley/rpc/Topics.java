package dev.parley.rpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Value;
import org.jspecify.annotations.Nullable;

/**
 * Topics known by a string, without a schema: one side keeps them, both publish and subscribe
 * (E-2).
 *
 * <p>A publication reaches every subscription of its topic that holds, the publisher's own ones
 * too, at most once, and those of one publisher in order (T-2). Nobody waits for a subscriber: one
 * that is slow misses some, and is told how many (T-3). Safe for use by many threads.
 *
 * <p>A name is 1 to 255 bytes without a slash, and does not begin with {@code parley.}; {@code A-Z
 * a-z 0-9 . _ -} are best.
 */
public interface Topics {
  /**
   * Publishes bytes; returns once they are queued, and never waits. No subscriber is no error.
   *
   * @throws IllegalArgumentException if {@code topic} is no name of one
   * @throws RpcException NOT_SENT, as {@link Peer#sendEvent} tells, where another side keeps the
   *     topics
   */
  void publish(String topic, ByteString publication);

  /** Subscribes to a topic of bytes. */
  Subscription subscribe(String topic, Subscriber<ByteString> subscriber);

  /** Publishes a message. */
  default void publish(String topic, MessageLite publication) {
    publish(topic, publication.toByteString());
  }

  /** Publishes data like JSON's; see {@link Json}. */
  default void publishJson(String topic, @Nullable Object publication) {
    publish(topic, Json.toValue(publication));
  }

  /**
   * Subscribes to a topic of messages. What cannot be read as one goes to the log.
   *
   * @param prototype the default instance of the messages' type
   */
  default <M extends MessageLite> Subscription subscribe(
      String topic, M prototype, Subscriber<? super M> subscriber) {
    return subscribe(topic, new ParsingSubscriber<>(prototype, subscriber));
  }

  /** Who takes what is published as data like JSON's; see {@link Json}. */
  @FunctionalInterface
  interface JsonSubscriber {
    /** As {@link Subscriber#handle}. */
    void handle(@Nullable Object publication, TopicContext context) throws Exception;

    /** As {@link Subscriber#resumed}. */
    default void resumed() throws Exception {}
  }

  /** Subscribes to a topic of data like JSON's. */
  default Subscription subscribeJson(String topic, JsonSubscriber subscriber) {
    return subscribe(
        topic,
        Value.getDefaultInstance(),
        new Subscriber<Value>() {
          @Override
          public void handle(Value publication, TopicContext context) throws Exception {
            subscriber.handle(Json.fromValue(publication), context);
          }

          @Override
          public void resumed() throws Exception {
            subscriber.resumed();
          }
        });
  }
}
