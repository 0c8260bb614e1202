package dev.parley;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import dev.parley.connection.Settings;
import dev.parley.rpc.ClientInterceptor;
import dev.parley.rpc.EventHandler;
import dev.parley.rpc.Handlers;
import dev.parley.rpc.RetryPolicy;
import dev.parley.rpc.ServerInterceptor;
import dev.parley.rpc.ServiceDefinition;
import dev.parley.rpc.runtime.Calling;
import dev.parley.rpc.runtime.Services;
import dev.parley.rpc.runtime.TopicHub;
import dev.parley.transport.Credentials;
import dev.parley.transport.Transport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Client}, a {@link Server} and their kin are made of alike, as either side may serve
 * and call. For one thread.
 *
 * @param <B> the builder itself
 */
public abstract sealed class PeerBuilder<B extends PeerBuilder<B>>
    permits Client.Builder, Server.Builder, Node.Builder, ChildProcess.Builder, Parent.Builder {
  private final List<ServiceDefinition> services = new ArrayList<>();
  private final List<Services.EventBinding<?>> events = new ArrayList<>();
  private final List<ClientInterceptor> callInterceptors = new ArrayList<>();
  private final List<ServerInterceptor> handlerInterceptors = new ArrayList<>();
  private Handlers handlers = new Handlers();
  private final List<LifecycleListener> listeners = new ArrayList<>();
  private RetryPolicy retry = RetryPolicy.DEFAULT;

  Settings settings;
  @Nullable Executor executor;
  Transport transport = Transport.standard();
  private @Nullable TopicHub hub;

  PeerBuilder(Settings settings) {
    this.settings = settings;
  }

  abstract B self();

  /** Takes over what {@code other} has, but for the time of the handshake and the listeners. */
  B like(PeerBuilder<?> other) {
    settings = other.settings.withHandshakeTimeout(settings.handshakeTimeout());
    services.addAll(other.services);
    events.addAll(other.events);
    handlers = other.handlers;
    callInterceptors.addAll(other.callInterceptors);
    handlerInterceptors.addAll(other.handlerInterceptors);
    retry = other.retry;
    executor = other.executor;
    transport = other.transport;
    return self();
  }

  /** Whether it serves anything that was known from the start. */
  boolean serves() {
    return !services.isEmpty() || !events.isEmpty();
  }

  Handlers servedHandlers() {
    return handlers;
  }

  /** Keeps the topics of another side of the same node. */
  B hub(TopicHub hub) {
    this.hub = hub;
    return self();
  }

  Services served() {
    Services served = Services.of(services, events).and(handlers).behind(handlerInterceptors);
    return hub == null ? served : served.and(hub);
  }

  Calling calling() {
    return new Calling(callInterceptors, retry);
  }

  List<LifecycleListener> lifecycleListeners() {
    return listeners;
  }

  /** Is told how this side fares; several may be, one after the other. */
  public B listener(LifecycleListener listener) {
    listeners.add(Objects.requireNonNull(listener, "listener"));
    return self();
  }

  /**
   * The name in this side's HELLO: unless set, {@code client-<pid>} of a client, and of a server
   * the name of its address.
   */
  public B name(String name) {
    settings = settings.withName(name);
    return self();
  }

  /** Serves a service to the other side; several may be served, each once. */
  public B service(ServiceDefinition service) {
    services.add(Objects.requireNonNull(service, "service"));
    return self();
  }

  /** Handles the other side's events of one name. */
  public <E extends MessageLite> B onEvent(String name, E eventDefault, EventHandler<E> handler) {
    events.add(new Services.EventBinding<>(name, eventDefault, handler));
    return self();
  }

  /** Serves what {@code handlers} has, which may come and go; they may serve others too. */
  public B handlers(Handlers handlers) {
    this.handlers = Objects.requireNonNull(handlers, "handlers");
    return self();
  }

  /** What the HELLO carries for the other side's application, at most 8 KiB. */
  public B payload(ByteString payload) {
    settings = settings.withPayload(payload);
    return self();
  }

  /**
   * Where handlers, listeners and continuations of futures run, in place of a pool of this side's
   * own. It stays the user's. {@code Executors.newVirtualThreadPerTaskExecutor()} of newer JDKs is
   * one.
   *
   * <p>It bounds how many handlers run, not how many wait: while all threads that it gives to
   * handlers sleep, in a call or a lock, say, the next handler runs on a thread of this side's own
   * after a few milliseconds. So handlers that wait for one another never wait for a thread, even
   * if there is only one. Handlers that must exclude one another need a lock, then, if they wait.
   */
  public B executor(Executor executor) {
    this.executor = Objects.requireNonNull(executor, "executor");
    return self();
  }

  /**
   * Has {@link Credentials#pid()} say which process the peer is. The JDK's sockets do not tell, so
   * the connection is then carried by junixsocket, at the cost of two threads and two hand-overs.
   */
  public B withPeerPid() {
    transport = Transport.withPeerPid();
    return self();
  }

  /** The largest frame that is read, in bytes: 4 MiB unless set, at least 16 KiB. */
  public B maxFrame(int bytes) {
    settings = settings.withMaxFrame(bytes);
    return self();
  }

  /** The largest message that is taken, in bytes: 64 MiB unless set. */
  public B maxMessage(long bytes) {
    settings = settings.withMaxMessage(bytes);
    return self();
  }

  /**
   * What the other side may send on one call, and as events, before this side has consumed any of
   * it, in bytes with 64 a message: 256 KiB unless set, at least 1 (W-1).
   */
  public B window(long bytes) {
    settings = settings.withWindow(bytes);
    return self();
  }

  /** How many calls of one peer may be in flight at once: 1024 unless set. */
  public B maxCalls(int calls) {
    settings = settings.withMaxCalls(calls);
    return self();
  }

  /**
   * Puts an interceptor before the calls that this side makes; the first one given is the
   * outermost.
   */
  public B interceptCalls(ClientInterceptor interceptor) {
    callInterceptors.add(Objects.requireNonNull(interceptor, "interceptor"));
    return self();
  }

  /**
   * Puts an interceptor before the handlers of this side; the first one given is the outermost.
   * Events and one-way methods pass it by.
   */
  public B interceptHandlers(ServerInterceptor interceptor) {
    handlerInterceptors.add(Objects.requireNonNull(interceptor, "interceptor"));
    return self();
  }

  /**
   * How the calls that this side makes are retried: {@link RetryPolicy#DEFAULT} unless set; {@link
   * RetryPolicy#NONE}: not at all.
   */
  public B retry(RetryPolicy retry) {
    this.retry = Objects.requireNonNull(retry, "retry");
    return self();
  }

  /**
   * Asks a peer of whom nothing has come for {@code silence} for a sign of life, and gives the
   * connection up, UNAVAILABLE, if nothing comes for {@code patience} either (P-2). Off unless set:
   * the kernel tells of a peer that dies, so this finds only one that hangs. 30 s and 20 s are good
   * values.
   */
  public B keepalive(Duration silence, Duration patience) {
    settings = settings.withKeepalive(new Settings.Keepalive(silence, patience));
    return self();
  }

  /**
   * How long a thread that reads looks again and again, after something came or went, before it
   * sleeps: 50 us unless set, zero for never. It makes calls many times faster, since waking a
   * sleeping core takes longer than a call; it costs nothing on an idle connection, and less where
   * it does not pay. At most 10 ms.
   */
  public B busyPoll(Duration bound) {
    settings = settings.withBusyPoll(bound);
    return self();
  }

  /** How long a graceful close waits for calls in flight: 5 s unless set. */
  public B drainTimeout(Duration timeout) {
    settings = settings.withDrainTimeout(timeout);
    return self();
  }
}
