package dev.parley.rpc.runtime;

import com.google.protobuf.ByteString;
import dev.parley.rpc.CallOptions;
import dev.parley.rpc.Caller;
import dev.parley.rpc.Subscriber;
import dev.parley.rpc.Subscription;
import dev.parley.rpc.TopicContext;
import dev.parley.rpc.Topics;
import dev.parley.v1.Publication;

/** The topics that the other side keeps. */
public final class RemoteTopics implements Topics {
  private final Caller caller;

  /** Those that are reached through {@code caller}. */
  public RemoteTopics(Caller caller) {
    this.caller = caller;
  }

  @Override
  public void publish(String topic, ByteString publication) {
    TopicHub.check(topic);
    caller.send(
        TopicHub.PUBLISH,
        Publication.newBuilder().setTopic(topic).setPayload(publication).build(),
        CallOptions.DEFAULT);
  }

  @Override
  public Subscription subscribe(String topic, Subscriber<ByteString> subscriber) {
    TopicHub.check(topic);
    return caller.subscribe(
        TopicHub.SUBSCRIBE,
        Publication.newBuilder().setTopic(topic).build(),
        CallOptions.DEFAULT,
        new Subscriber<Publication>() {
          @Override
          public void handle(Publication publication, TopicContext context) throws Exception {
            subscriber.handle(
                publication.getPayload(),
                new TopicContext(topic, context.publisher(), context.missed()));
          }

          @Override
          public void resumed() throws Exception {
            subscriber.resumed();
          }
        });
  }
}
