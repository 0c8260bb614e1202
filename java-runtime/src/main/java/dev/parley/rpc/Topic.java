package dev.parley.rpc;

import com.google.protobuf.MessageLite;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/**
 * A topic, for who serves it: publishes to all who have subscribed. A method with {@code option
 * (parley.v1.topic) = true} has one.
 *
 * <p>Publishing never waits: each subscriber has its own bounded queue, and one that is slow, or
 * stopped, costs the others nothing (T-3). A publication reaches each subscriber at most once, and
 * those of one thread in order (T-2).
 *
 * <p>Safe for use by many threads. One topic may be served by several servers.
 */
public final class Topic<Q extends MessageLite, R extends MessageLite> {
  private final Method<Q, R> method;
  private final TopicOptions options;
  private final Runnable abandoned;
  private final List<Outflow<Q>> outflows = new CopyOnWriteArrayList<>();

  private Topic(Method<Q, R> method, TopicOptions options, Runnable abandoned) {
    this.abandoned = abandoned;
    this.method = Objects.requireNonNull(method, "method");
    this.options = Objects.requireNonNull(options, "options");
    if (method.shape() != Shape.SERVER_STREAMING) {
      throw new IllegalArgumentException(
          method + " is " + method.shape() + "; of a topic the server streams (E-2)");
    }
  }

  /** A topic with the default options. */
  public static <Q extends MessageLite, R extends MessageLite> Topic<Q, R> of(Method<Q, R> method) {
    return of(method, TopicOptions.DEFAULT);
  }

  /** A topic. */
  public static <Q extends MessageLite, R extends MessageLite> Topic<Q, R> of(
      Method<Q, R> method, TopicOptions options) {
    return of(method, options, () -> {});
  }

  /** A topic that says when its last subscriber has gone. For the runtime. */
  public static <Q extends MessageLite, R extends MessageLite> Topic<Q, R> of(
      Method<Q, R> method, TopicOptions options, Runnable abandoned) {
    return new Topic<>(method, options, abandoned);
  }

  /** Where the publications for one subscriber go. For the runtime. */
  public interface Outflow<Q> {
    /** What the subscriber asked for. */
    Q request();

    /**
     * Takes a publication; never waits.
     *
     * @param message as bytes, if there are several subscribers
     * @param publisher the name of the peer that published it; "": the server did
     * @param options how the topic is kept
     */
    void take(MessageLite message, String publisher, TopicOptions options);
  }

  /** Publishes to all. */
  public void publish(R message) {
    publish(message, request -> true);
  }

  /** Publishes to those whose request passes. */
  public void publish(R message, Predicate<? super Q> to) {
    publish(message, "", to);
  }

  /** Publishes for the peer of that name. For the runtime. */
  public void publish(R message, String publisher, Predicate<? super Q> to) {
    Objects.requireNonNull(message, "message");
    MessageLite sent = message;
    int takers = 0;
    for (Outflow<Q> outflow : outflows) {
      if (!to.test(outflow.request())) {
        continue;
      }
      if (++takers == 2) {
        // From here on it pays to have encoded it once.
        sent = MessageBytes.of(message.toByteString());
      }
      outflow.take(sent, publisher, options);
    }
  }

  /** How many have subscribed. */
  public int subscribers() {
    return outflows.size();
  }

  /** The method that subscribers call. */
  public Method<Q, R> method() {
    return method;
  }

  /** How it is kept. */
  public TopicOptions options() {
    return options;
  }

  /** A subscriber has come. For the runtime. */
  public void add(Outflow<Q> outflow) {
    outflows.add(outflow);
  }

  /** A subscriber has gone. For the runtime. */
  public void remove(Outflow<Q> outflow) {
    if (outflows.remove(outflow) && outflows.isEmpty()) {
      abandoned.run();
    }
  }
}
