package dev.parley.rpc.runtime;

import com.google.protobuf.ByteString;
import dev.parley.rpc.Code;
import dev.parley.rpc.Handlers;
import dev.parley.rpc.Method;
import dev.parley.rpc.Peer;
import dev.parley.rpc.RpcException;
import dev.parley.rpc.Subscriber;
import dev.parley.rpc.Subscription;
import dev.parley.rpc.Topic;
import dev.parley.rpc.TopicOptions;
import dev.parley.rpc.Topics;
import dev.parley.v1.Publication;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The topics that this side keeps: its peers subscribe and publish, and so does this program. A
 * topic is known as long as somebody subscribes to it (T-1).
 */
public final class TopicHub implements Topics {
  private static final Logger LOG = System.getLogger("dev.parley.rpc");

  private static final String SERVICE = "parley.v1.Topics";

  static final Method<Publication, Publication> SUBSCRIBE =
      Method.serverStreaming(
          SERVICE, "Subscribe", Publication.getDefaultInstance(), Publication.getDefaultInstance());

  static final Method<Publication, com.google.protobuf.Empty> PUBLISH =
      Method.oneWay(
          SERVICE,
          "Publish",
          Publication.getDefaultInstance(),
          com.google.protobuf.Empty.getDefaultInstance());

  private final TopicOptions options;
  private final Workers workers;
  private final Map<String, Topic<Publication, Publication>> topics = new ConcurrentHashMap<>();
  private final AtomicLong refused = new AtomicLong();

  /**
   * @param workers where this program's own subscribers run
   */
  public TopicHub(TopicOptions options, Workers workers) {
    this.options = options;
    this.workers = workers;
  }

  // --- For peers --------------------------------------------------------------------------------

  /** Lets a peer's subscription in; on the thread that reads. */
  Topic<Publication, Publication> enter(TopicCall<Publication, Publication> call) {
    String name = call.request().getTopic();
    String fault = Handlers.fault(name);
    if (fault != null) {
      throw new RpcException(Code.INVALID_ARGUMENT, "T-1: no name of a topic: " + fault);
    }
    if (!options.guard().maySubscribe(call.peer(), name)) {
      throw new RpcException(
          Code.PERMISSION_DENIED, "T-1: " + call.peer().name() + " may not subscribe to " + name);
    }
    return join(name, call);
  }

  private Topic<Publication, Publication> join(String name, Topic.Outflow<Publication> outflow) {
    Topic<Publication, Publication> joined =
        topics.compute(
            name,
            (key, known) -> {
              Topic<Publication, Publication> topic =
                  known == null ? Topic.of(SUBSCRIBE, options, () -> forget(name)) : known;
              topic.add(outflow);
              return topic;
            });
    return joined;
  }

  /** Forgets a topic if nobody subscribes to it. */
  private void forget(String name) {
    topics.computeIfPresent(name, (key, topic) -> topic.subscribers() == 0 ? null : topic);
  }

  /** Whether the events of that name are the hub's. */
  static boolean isPublish(String event) {
    return PUBLISH.fullName().equals(event);
  }

  /** A peer publishes; on the thread that reads, so that it is done before what comes behind it. */
  void relay(Publication publication, Peer peer) {
    String name = publication.getTopic();
    String fault = Handlers.fault(name);
    if (fault == null && !options.guard().mayPublish(peer, name)) {
      fault = "T-2: it may not publish to " + name;
    }
    if (fault == null) {
      deliver(name, publication.getPayload(), peer.name());
      return;
    }
    long count = refused.incrementAndGet();
    if (Long.bitCount(count) == 1) {
      LOG.log(
          Level.WARNING,
          "a publication of {0} dropped, {1} so far; {2}",
          peer.name(),
          count,
          fault);
    }
  }

  // --- For this program -------------------------------------------------------------------------

  @Override
  public void publish(String topic, ByteString publication) {
    check(topic);
    deliver(topic, publication, "");
  }

  private void deliver(String name, ByteString payload, String publisher) {
    Topic<Publication, Publication> topic = topics.get(name);
    if (topic != null) {
      topic.publish(
          Publication.newBuilder().setPayload(payload).build(), publisher, request -> true);
    }
  }

  @Override
  public Subscription subscribe(String topic, Subscriber<ByteString> subscriber) {
    check(topic);
    LocalSubscription made = new LocalSubscription(topic, subscriber, workers);
    made.joined(join(topic, made));
    return made;
  }

  /** How many topics somebody subscribes to. */
  int size() {
    return topics.size();
  }

  static void check(String topic) {
    String fault = Handlers.fault(topic);
    if (fault != null) {
      throw new IllegalArgumentException(fault);
    }
  }

  /** What serves a method of the hub's own service, or null. */
  static boolean isSubscribe(String method) {
    return SUBSCRIBE.fullName().equals(method);
  }
}
