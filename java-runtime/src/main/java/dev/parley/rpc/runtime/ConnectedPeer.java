package dev.parley.rpc.runtime;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import dev.parley.connection.Connection;
import dev.parley.connection.IncomingCall;
import dev.parley.connection.OutgoingCall;
import dev.parley.connection.PingListener;
import dev.parley.connection.Receiver;
import dev.parley.connection.Refusal;
import dev.parley.connection.Timers;
import dev.parley.rpc.Call;
import dev.parley.rpc.CallContext;
import dev.parley.rpc.CallOptions;
import dev.parley.rpc.Caller;
import dev.parley.rpc.Calls;
import dev.parley.rpc.ClientInterceptor;
import dev.parley.rpc.Code;
import dev.parley.rpc.Follower;
import dev.parley.rpc.Metadata;
import dev.parley.rpc.Method;
import dev.parley.rpc.Outcome;
import dev.parley.rpc.Peer;
import dev.parley.rpc.Registration;
import dev.parley.rpc.RetryPolicy;
import dev.parley.rpc.RpcException;
import dev.parley.rpc.ServiceDefinition;
import dev.parley.rpc.Shape;
import dev.parley.rpc.Topic;
import dev.parley.rpc.TopicSource;
import dev.parley.rpc.Topics;
import dev.parley.transport.Credentials;
import dev.parley.v1.Publication;
import dev.parley.wire.Envelope;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The peer at the other end of a connection, joined to what this side serves. Safe for use by many
 * threads; owned by the client or server that made it.
 */
public final class ConnectedPeer implements Peer, Receiver {
  private static final AtomicLong IDS = new AtomicLong();

  private final long id = nextId();
  private final Services services;
  private final Workers workers;
  private final @Nullable String dialled;
  private final HelloCheck admission;
  private final RetryPolicy retry;
  private final Caller calls;
  private final Consumer<ConnectedPeer> greeted;
  private final EventLane events;
  private final Topics topics = new RemoteTopics(this);

  /** What ends before the connection does: subscriptions of the peer, and this side's own. */
  private final Set<TopicCall<?, ?>> subscriptions = ConcurrentHashMap.newKeySet();

  private final Set<Follower> followers = ConcurrentHashMap.newKeySet();
  private final CompletableFuture<Void> opened = new CompletableFuture<>();
  private final CompletableFuture<dev.parley.rpc.Status> closed = new CompletableFuture<>();
  private volatile Connection connection;
  private volatile String claimed = "";
  private volatile ByteString payload = ByteString.EMPTY;
  private volatile @Nullable Object attachment;

  /** Decides on a peer that has said HELLO. */
  @FunctionalInterface
  public interface HelloCheck {
    /** Takes everybody. */
    HelloCheck NONE = (peer, name, payload) -> null;

    /** Null to take it, or why not. */
    @Nullable Refusal admit(ConnectedPeer peer, String name, ByteString payload);
  }

  /** Why a peer is not taken. */
  public static Refusal refusal(dev.parley.rpc.Status why, boolean forGood) {
    return new Refusal(Statuses.toWire(why), forGood);
  }

  /** A number that no other peer of this process has. */
  public static long nextId() {
    return IDS.incrementAndGet();
  }

  /**
   * @param calling how calls to the peer are made
   * @param dialled the name that the peer was dialled by; null: it bears the one it claims
   * @param admission asked before the peer's HELLO is answered
   * @param greeted told once when the handshake is done or has come to naught; must not block
   */
  @SuppressWarnings("NullAway.Init") // join() sets the connection before anything can happen.
  public ConnectedPeer(
      Services services,
      Workers workers,
      Calling calling,
      @Nullable String dialled,
      HelloCheck admission,
      Consumer<ConnectedPeer> greeted) {
    this.services = services;
    this.retry = calling.retry();
    this.calls = ClientInterceptor.around(new Direct(), calling.interceptors());
    this.workers = workers;
    this.dialled = dialled;
    this.admission = admission;
    this.greeted = greeted;
    this.events = new EventLane(this, workers);
  }

  /** Gives this peer its connection, before that is started. */
  public void join(Connection connection) {
    this.connection = connection;
  }

  /** Whether {@link #join} was called. */
  @SuppressWarnings("RedundantNullCheck") // Before join() it is null all the same.
  public boolean isJoined() {
    return connection != null;
  }

  public Connection connection() {
    return connection;
  }

  /** Ends the connection now, for that reason. */
  public void abort(dev.parley.rpc.Status reason) {
    connection.abort(Statuses.toWire(reason));
  }

  Services services() {
    return services;
  }

  Workers workers() {
    return workers;
  }

  /**
   * Completes when the handshake is done; fails with an {@link RpcException} if it comes to naught.
   */
  public CompletableFuture<Void> whenOpened() {
    return opened;
  }

  /** Completes with the reason when the connection has ended. */
  public CompletableFuture<dev.parley.rpc.Status> whenClosed() {
    return closed;
  }

  /** What the peer's HELLO carried for the application. */
  public ByteString payload() {
    return payload;
  }

  @Override
  public long id() {
    return id;
  }

  @Override
  public @Nullable Object attachment() {
    return attachment;
  }

  @Override
  public void attach(@Nullable Object attachment) {
    this.attachment = attachment;
  }

  @Override
  public String name() {
    return dialled == null ? claimed : dialled;
  }

  @Override
  public Credentials credentials() {
    return connection.credentials();
  }

  @Override
  public boolean isOpen() {
    return connection.isOpen();
  }

  @Override
  public <Q extends MessageLite, R extends MessageLite> Call<Q, R> start(
      Method<Q, R> method, @Nullable Q request, CallOptions options) {
    return calls.start(method, request, options);
  }

  /** Starts calls on the connection, behind all interceptors. */
  private final class Direct implements Caller {
    @Override
    public <Q extends MessageLite, R extends MessageLite> Call<Q, R> start(
        Method<Q, R> method, @Nullable Q request, CallOptions options) {
      Shape shape = method.shape();
      if (!shape.clientStreams()) {
        Objects.requireNonNull(request, "request");
      }
      if (shape == Shape.ONE_WAY && request != null) {
        return sendOneWay(method, request, options.metadata());
      }
      Timers timers = connection.timers();
      Duration timeout = options.timeout().orElse(null);
      long deadline = timeout == null ? OutgoingCall.NEVER : timers.now() + saturatedNanos(timeout);
      boolean limited = timeout != null;
      Duration inherited = options.inheritsDeadline() ? inherited() : null;
      if (inherited != null) {
        long end = timers.now() + inherited.toNanos();
        deadline = limited ? Math.min(deadline, end) : end;
        limited = true;
      }
      ClientCall<Q, R> call =
          new ClientCall<>(
              connection,
              workers,
              method,
              shape.clientStreams() ? null : request,
              Statuses.toWire(options.metadata()),
              limited,
              deadline,
              options.retry().orElse(retry));
      connection.call(call);
      return call;
    }
  }

  /** What is left of the time of the call that this thread serves; null: no limit. */
  private static @Nullable Duration inherited() {
    return CallContext.current().flatMap(CallContext::remaining).orElse(null);
  }

  /** Sends a one-way request, as an event (E-1). */
  private <Q extends MessageLite, R extends MessageLite> Call<Q, R> sendOneWay(
      Method<Q, R> method, Q request, Metadata metadata) {
    dev.parley.v1.Status fault =
        connection.sendEvent(method.fullName(), request, Statuses.toWire(metadata));
    return fault == null
        ? Calls.replied(method, method.replyDefault())
        : Calls.failed(method, Statuses.exception(fault, Outcome.NOT_SENT));
  }

  /** A duration in nanoseconds, at most some 146 years, so that deadlines never wrap around. */
  private static long saturatedNanos(Duration duration) {
    return duration.compareTo(Duration.ofNanos(Long.MAX_VALUE / 2)) < 0
        ? duration.toNanos()
        : Long.MAX_VALUE / 2;
  }

  @Override
  public void sendEvent(String name, MessageLite event, Metadata metadata) {
    dev.parley.v1.Status fault = connection.sendEvent(name, event, Statuses.toWire(metadata));
    if (fault != null) {
      throw Statuses.exception(fault, Outcome.NOT_SENT);
    }
  }

  @Override
  public Topics topics() {
    return topics;
  }

  @Override
  public Registration follow(Follower follower) {
    followers.add(follower);
    follower.connected(asConnected());
    dev.parley.rpc.Status why = closed.getNow(null);
    if (why != null) {
      over(why);
    }
    return () -> followers.remove(follower);
  }

  private void over(dev.parley.rpc.Status why) {
    for (Follower follower : List.copyOf(followers)) {
      if (followers.remove(follower)) {
        workers.execute(() -> follower.over(why));
      }
    }
  }

  /** This peer, for who follows a client from one connection to the next. */
  public Follower.Connected asConnected() {
    return new Follower.Connected(
        this,
        () -> !connection.takesCalls(),
        () -> {
          CompletableFuture<Duration> answer = new CompletableFuture<>();
          connection.pingBehind(toldTo(answer));
          return answer;
        });
  }

  /** A peer's subscription has begun. */
  void subscribed(TopicCall<?, ?> call) {
    subscriptions.add(call);
  }

  /** It has ended. */
  void unsubscribed(TopicCall<?, ?> call) {
    subscriptions.remove(call);
  }

  /**
   * Closes the connection gracefully. Subscriptions, the peer's and this side's own, would never
   * end by themselves, so they do at once.
   *
   * @param forGood whether the peer is not to come back
   */
  public void close(boolean forGood) {
    connection.close(forGood);
    dev.parley.rpc.Status why =
        dev.parley.rpc.Status.of(Code.UNAVAILABLE, "the connection is closing");
    List.copyOf(subscriptions).forEach(call -> call.end(Statuses.toWire(why)));
    over(why);
  }

  @Override
  public CompletableFuture<Duration> ping() {
    CompletableFuture<Duration> answer = new CompletableFuture<>();
    connection.ping(toldTo(answer));
    return answer;
  }

  private PingListener toldTo(CompletableFuture<Duration> answer) {
    return new PingListener() {
      @Override
      public void answered(long roundTrip) {
        workers.execute(() -> answer.complete(Duration.ofNanos(roundTrip)));
      }

      @Override
      public void failed(dev.parley.v1.Status why, boolean sent) {
        RpcException failure = Statuses.exception(why, sent ? Outcome.UNKNOWN : Outcome.NOT_SENT);
        workers.execute(() -> answer.completeExceptionally(failure));
      }
    };
  }

  @Override
  public @Nullable Refusal admit(String name, ByteString payload) {
    return admission.admit(this, name, payload);
  }

  // --- What the connection tells, on the thread that reads --------------------------------------

  @Override
  public void opened(String name, ByteString payload) {
    claimed = name;
    this.payload = payload;
    if (opened.complete(null)) {
      greeted.accept(this);
    }
  }

  @Override
  public void closed(dev.parley.v1.Status why) {
    if (opened.completeExceptionally(Statuses.exception(why, Outcome.NOT_SENT))) {
      greeted.accept(this);
    }
    closed.complete(Statuses.fromWire(why));
    over(Statuses.fromWire(why));
  }

  @Override
  public IncomingCall incoming(Envelope request) {
    Services.Served served = services.method(request.name());
    if (served != null) {
      return incoming(served.binding(), served.pace(), request);
    }
    TopicHub hub = services.hub();
    return hub != null && TopicHub.isSubscribe(request.name())
        ? new TopicCall<>(this, TopicHub.SUBSCRIBE, hub::enter, request)
        : new UnservedCall(request);
  }

  @SuppressWarnings("unchecked") // A binding is made with a handler of its method's types.
  private <Q extends MessageLite, R extends MessageLite> IncomingCall incoming(
      ServiceDefinition.Binding<Q, R> binding, Pace pace, Envelope request) {
    if (binding.handler() instanceof TopicSource<?, ?> source) {
      TopicSource<Q, R> typed = (TopicSource<Q, R>) source;
      return new TopicCall<>(
          this,
          binding.method(),
          call -> {
            Topic<Q, R> topic = typed.topic();
            topic.add(call);
            return topic;
          },
          request);
    }
    return new ServerCall<>(this, binding, pace, request);
  }

  @Override
  public void event(Envelope envelope) {
    TopicHub hub = services.hub();
    if (hub != null && TopicHub.isPublish(envelope.name())) {
      relay(hub, envelope);
      return;
    }
    Services.EventBinding<?> binding = services.event(envelope.name());
    if (binding == null) {
      events.drop(envelope.name(), "W-3: nobody handles it here");
      connection.eventConsumed(envelope.payloadLength());
    } else {
      deliver(binding, envelope);
    }
  }

  private void relay(TopicHub hub, Envelope envelope) {
    try {
      hub.relay(Messages.parse(Publication.getDefaultInstance(), envelope), this);
    } catch (InvalidProtocolBufferException e) {
      events.drop(envelope.name(), "C-10: it cannot be read: " + e.getMessage());
    }
    connection.eventConsumed(envelope.payloadLength());
  }

  private <E extends MessageLite> void deliver(
      Services.EventBinding<E> binding, Envelope envelope) {
    E event;
    try {
      event = Messages.parse(binding.eventDefault(), envelope);
    } catch (InvalidProtocolBufferException e) {
      events.drop(binding.name(), "C-10: it cannot be read: " + e.getMessage());
      connection.eventConsumed(envelope.payloadLength());
      return;
    }
    events.add(binding, event, envelope.payloadLength(), Statuses.fromWire(envelope.metadata()));
  }
}
