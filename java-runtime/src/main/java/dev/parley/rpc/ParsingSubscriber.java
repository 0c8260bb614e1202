package dev.parley.rpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;

/** A subscriber to messages as one to their bytes. */
final class ParsingSubscriber<M extends MessageLite> implements Subscriber<ByteString> {
  private final M prototype;
  private final Subscriber<? super M> subscriber;

  ParsingSubscriber(M prototype, Subscriber<? super M> subscriber) {
    this.prototype = prototype;
    this.subscriber = subscriber;
  }

  @Override
  @SuppressWarnings("unchecked") // A message's parser gives messages of its own type.
  public void handle(ByteString publication, TopicContext context) throws Exception {
    subscriber.handle((M) prototype.getParserForType().parseFrom(publication), context);
  }

  @Override
  public void resumed() throws Exception {
    subscriber.resumed();
  }
}
