package dev.parley.rpc;

import com.google.protobuf.MessageLite;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** A subscription to the topic of another side: one stream after the other. */
final class StreamSubscription<Q extends MessageLite, R extends MessageLite>
    implements Subscription, Follower {
  private static final Logger LOG = System.getLogger("dev.parley.rpc");

  private final Method<Q, R> topic;
  private final Q request;
  private final CallOptions options;
  private final Subscriber<R> subscriber;
  private final CompletableFuture<Void> held = new CompletableFuture<>();
  private final CompletableFuture<Status> ended = new CompletableFuture<>();

  // Guarded by this.
  private @Nullable Registration following;
  private @Nullable Connected awaited;
  private @Nullable Call<Q, R> running;
  private @Nullable Status end;
  private boolean isStarting;
  private boolean wasLost;

  private StreamSubscription(
      Method<Q, R> topic, Q request, CallOptions options, Subscriber<R> subscriber) {
    this.topic = topic;
    this.request = request;
    this.options = options;
    this.subscriber = subscriber;
  }

  static <Q extends MessageLite, R extends MessageLite> Subscription begin(
      Caller caller, Method<Q, R> topic, Q request, CallOptions options, Subscriber<R> subscriber) {
    StreamSubscription<Q, R> made =
        new StreamSubscription<>(
            topic,
            request,
            CallOptions.DEFAULT.withMetadata(options.metadata()).withInheritedDeadline(false),
            subscriber);
    Registration following = caller.follow(made);
    boolean late;
    synchronized (made) {
      made.following = following;
      late = made.end != null;
    }
    if (late) {
      following.close();
    }
    return made;
  }

  // --- From one connection to the next ----------------------------------------------------------

  @Override
  public void connected(Connected to) {
    synchronized (this) {
      if (end != null || to.isOver().getAsBoolean()) {
        return; // One that is over has a successor, which may have been told of before it.
      }
      awaited = to;
    }
    startIfDue();
  }

  @Override
  public void over(Status why) {
    end(why);
  }

  private void end(Status why) {
    Call<Q, R> call;
    boolean now;
    synchronized (this) {
      if (end != null) {
        return;
      }
      end = why;
      call = running;
      now = call == null && !isStarting;
    }
    if (call != null) {
      call.cancel();
    } else if (now) {
      tellEnd();
    }
  }

  /** Subscribes on the newest connection, unless the stream before it has not ended yet. */
  private void startIfDue() {
    Connected on;
    boolean resumes;
    synchronized (this) {
      if (end != null || running != null || isStarting || awaited == null) {
        return;
      }
      on = awaited;
      awaited = null;
      isStarting = true;
      resumes = wasLost;
      wasLost = false;
    }
    Call<Q, R> call = on.caller().start(topic, request, options);
    boolean closed;
    synchronized (this) {
      isStarting = false;
      running = call;
      closed = end != null;
    }
    if (closed) {
      call.cancel();
    }
    // Behind the REQUEST: what the subscriber asks the server for now, publications follow.
    if (resumes && !closed) {
      try {
        subscriber.resumed();
      } catch (Exception | Error e) {
        LOG.log(Level.ERROR, "the subscriber to " + topic + " threw", e);
      }
    }
    MessageStream<R> stream = call.replies();
    CompletableFuture<Void> all = stream.forEachAsync(message -> take(message, stream));
    var unusedEnd = all.whenComplete((nothing, thrown) -> streamEnded(on, thrown));
    if (!held.isDone()) {
      var unusedHeld =
          on.settled()
              .get()
              .whenComplete(
                  (answer, thrown) -> {
                    // An answer behind the end of the stream says nothing.
                    if (thrown == null && !all.isDone()) {
                      held.complete(null);
                    }
                  });
    }
  }

  private void take(R message, MessageStream<R> stream) {
    synchronized (this) {
      if (end != null) {
        return;
      }
    }
    try {
      subscriber.handle(
          message, new TopicContext(topic.fullName(), stream.publisher(), stream.missed()));
    } catch (Exception | Error e) {
      LOG.log(Level.ERROR, "the subscriber to " + topic + " threw", e);
    }
  }

  private void streamEnded(Connected on, @Nullable Throwable thrown) {
    Status why =
        thrown == null ? Status.of(Code.UNAVAILABLE, "the server ended the topic") : status(thrown);
    boolean over;
    synchronized (this) {
      running = null;
      if (end == null) {
        if (thrown != null && on.isOver().getAsBoolean()) {
          wasLost = true;
        } else {
          end = why;
        }
      }
      over = end != null;
    }
    if (over) {
      tellEnd();
    } else {
      startIfDue();
    }
  }

  private static Status status(Throwable thrown) {
    Throwable why =
        thrown instanceof CompletionException && thrown.getCause() != null
            ? thrown.getCause()
            : thrown;
    return why instanceof RpcException failure
        ? failure.status()
        : Status.of(Code.INTERNAL, String.valueOf(why.getMessage()));
  }

  private void tellEnd() {
    Registration over;
    Status why;
    synchronized (this) {
      over = following;
      why = end == null ? CLOSED : end;
    }
    if (over != null) {
      over.close();
    }
    held.completeExceptionally(new RpcException(why));
    ended.complete(why);
  }

  // --- As a subscription ------------------------------------------------------------------------

  @Override
  public CompletableFuture<Void> held() {
    return held;
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
