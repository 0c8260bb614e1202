package dev.parley.rpc.runtime;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import dev.parley.rpc.Code;
import dev.parley.rpc.Status;
import dev.parley.rpc.Subscriber;
import dev.parley.rpc.Subscription;
import dev.parley.rpc.Topic;
import dev.parley.rpc.TopicContext;
import dev.parley.rpc.TopicOptions;
import dev.parley.v1.Publication;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A subscription of this program to a topic that it keeps itself. */
final class LocalSubscription implements Subscription, Topic.Outflow<Publication> {
  private static final Logger LOG = System.getLogger("dev.parley.rpc");

  private final String name;
  private final Subscriber<ByteString> subscriber;
  private final Workers workers;
  private final CompletableFuture<Status> ended = new CompletableFuture<>();

  // Guarded by this.
  private final Backlog backlog = new Backlog();
  private @Nullable Topic<Publication, Publication> topic;
  private boolean isRunning;
  private @Nullable Status end;

  LocalSubscription(String name, Subscriber<ByteString> subscriber, Workers workers) {
    this.name = name;
    this.subscriber = subscriber;
    this.workers = workers;
  }

  synchronized void joined(Topic<Publication, Publication> topic) {
    this.topic = topic;
  }

  @Override
  public Publication request() {
    return Publication.getDefaultInstance();
  }

  @Override
  public void take(MessageLite message, String publisher, TopicOptions options) {
    boolean start;
    boolean tooSlow;
    synchronized (this) {
      if (end != null) {
        return;
      }
      tooSlow = !backlog.add(message, publisher, options);
      start = !tooSlow && !isRunning;
      isRunning |= start;
    }
    if (tooSlow) {
      end(
          Status.of(
              Code.RESOURCE_EXHAUSTED,
              "T-3: more waits for this subscriber to " + name + " than may"));
    } else if (start) {
      workers.execute(this::run);
    }
  }

  private void run() {
    for (Backlog.Waiting next = next(); next != null; next = next()) {
      try {
        subscriber.handle(
            payload(next.message), new TopicContext(name, next.publisher, next.missed));
      } catch (Exception | Error e) {
        LOG.log(Level.ERROR, "the subscriber to " + name + " threw", e);
      }
    }
  }

  private static ByteString payload(MessageLite message) throws InvalidProtocolBufferException {
    Publication publication =
        message instanceof Publication whole
            ? whole
            : Publication.parseFrom(message.toByteString());
    return publication.getPayload();
  }

  private Backlog.@Nullable Waiting next() {
    Status over;
    synchronized (this) {
      over = end;
      Backlog.Waiting next = over == null ? backlog.poll() : null;
      if (next != null) {
        return next;
      }
      isRunning = false;
    }
    if (over != null) {
      ended.complete(over);
    }
    return null;
  }

  private void end(Status why) {
    Topic<Publication, Publication> left;
    boolean now;
    synchronized (this) {
      if (end != null) {
        return;
      }
      end = why;
      left = topic;
      now = !isRunning;
    }
    if (left != null) {
      left.remove(this);
    }
    if (now) {
      ended.complete(why);
    }
  }

  @Override
  public CompletableFuture<Void> held() {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletableFuture<Status> ended() {
    return ended;
  }

  @Override
  public void close() {
    end(CLOSED);
  }
}
