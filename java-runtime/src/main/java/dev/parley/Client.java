package dev.parley;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import dev.parley.connection.Loop;
import dev.parley.connection.Settings;
import dev.parley.connection.Timers;
import dev.parley.rpc.Call;
import dev.parley.rpc.CallOptions;
import dev.parley.rpc.Calls;
import dev.parley.rpc.Code;
import dev.parley.rpc.Follower;
import dev.parley.rpc.Handlers;
import dev.parley.rpc.Metadata;
import dev.parley.rpc.Method;
import dev.parley.rpc.Outcome;
import dev.parley.rpc.Peer;
import dev.parley.rpc.Registration;
import dev.parley.rpc.RpcException;
import dev.parley.rpc.ServiceDefinition;
import dev.parley.rpc.Shape;
import dev.parley.rpc.Status;
import dev.parley.rpc.Topics;
import dev.parley.rpc.runtime.ConnectedPeer;
import dev.parley.rpc.runtime.RemoteTopics;
import dev.parley.rpc.runtime.Services;
import dev.parley.rpc.runtime.Workers;
import dev.parley.transport.Credentials;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A server, from the side that connects to it: a {@link Peer} to call, and itself able to serve
 * what the server calls back. So is the other one of a parent and its child, see {@link
 * ChildProcess} and {@link Parent}.
 *
 * <p>Safe for use by many threads. It ends when it is closed or, unless it is to {@link
 * Builder#reconnect reconnect}, when its connection is lost. One that reconnects has one connection
 * after another: what it serves and listens to stays, calls in flight end with their outcome (G-6).
 */
public final class Client implements Peer, AutoCloseable {
  private final Connector connector;
  private final String dialled;
  private final Workers workers;
  private final Loop loop;
  private final Handlers handlers;
  private final Lifecycle lifecycle;
  private final Topics topics = new RemoteTopics(this);
  private final WaitingRoom forConnection = new ForConnection();

  /** Null: calls take no turns. */
  private final @Nullable Turns turns;

  private final long id = ConnectedPeer.nextId();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  /** The last connection that came to be open; null before the first. */
  private volatile @Nullable ConnectedPeer peer;

  private volatile @Nullable Object attachment;

  /** Whether work that is pending, and handlers, keep the JVM alive. Written before it connects. */
  private boolean pendingKeepsAlive;

  private boolean handlersKeepAlive;
  private boolean serves;

  /** Whether calls wait for the first connection, though not told to. */
  private volatile boolean awaitsFirst;

  /** Why the last handshake came to naught. */
  private volatile @Nullable Status lastRefusal;

  // Guarded by this.
  private final Set<Waiting> waiting = new LinkedHashSet<>();
  private final Set<Follower> followers = new LinkedHashSet<>();
  private Reconnect reconnect;
  private boolean comesBack;
  private boolean isStopped;
  private boolean isTrying;
  private boolean isOver;
  private int failures;
  private long openedAt;
  private int links;
  private @Nullable ConnectedPeer greeting;
  private @Nullable Object retry;
  private Timers.@Nullable Timer retryTimer;

  Client(
      Connector connector,
      String dialled,
      Workers workers,
      Loop loop,
      Handlers handlers,
      Reconnect reconnect,
      boolean oneAtATime,
      List<LifecycleListener> listeners) {
    this.connector = connector;
    this.dialled = dialled;
    this.workers = workers;
    this.loop = loop;
    this.handlers = handlers;
    this.reconnect = reconnect;
    turns = oneAtATime ? new Turns(this::startNow) : null;
    lifecycle = new Lifecycle(listeners, workers);
  }

  /** Connects with the defaults. */
  public static Client connect(Address address) {
    return builder(address).connect();
  }

  /**
   * A client of services in this process, without a socket: for tests, and for callers that should
   * not know where a service runs. Calls keep all their promises, and messages cross as bytes.
   */
  public static Client inProcess(ServiceDefinition... services) {
    return InProcess.connect(Services.of(List.of(services), List.of()));
  }

  /** A client to be, of the server at that address. */
  public static Builder builder(Address address) {
    return new Builder(address);
  }

  /** Gathers what a client is made of. For one thread. */
  public static final class Builder extends PeerBuilder<Builder> {
    private final Address address;
    private final Set<Long> users = new HashSet<>();
    private Reconnect reconnect = Reconnect.NONE;
    private boolean oneAtATime;
    private boolean pendingKeepsAlive = true;
    private boolean handlersKeepAlive = true;
    private @Nullable SpinUp spinUp;

    private Builder(Address address) {
      super(Settings.ofConnecting("client-" + ProcessHandle.current().pid()));
      this.address = Objects.requireNonNull(address, "address");
    }

    @Override
    Builder self() {
      return this;
    }

    /** How long connecting and the server's HELLO may take: 10 s unless set. */
    public Builder connectTimeout(Duration timeout) {
      settings = settings.withHandshakeTimeout(timeout);
      return this;
    }

    /**
     * Connects again when the connection is lost: not at all unless set. {@link Reconnect#DEFAULT}
     * suits most.
     */
    public Builder reconnect(Reconnect reconnect) {
      this.reconnect = Objects.requireNonNull(reconnect, "reconnect");
      return this;
    }

    /**
     * Sends one request at a time: a call whose method does not stream is started when the one
     * before it has ended, in the order in which they were made. A time-out counts while a call
     * waits; one that is cancelled meanwhile was never sent.
     */
    public Builder oneAtATime() {
      oneAtATime = true;
      return this;
    }

    /**
     * What of this client keeps the JVM alive when the program's own threads have ended, as the
     * client's are daemons: calls in flight and subscriptions, and what it serves to the server,
     * unless set. An idle client never does.
     *
     * @param pending whether calls and subscriptions do
     * @param handlers whether services, event handlers, and {@link Client#handlers} do that are
     *     there
     */
    public Builder keepAlive(boolean pending, boolean handlers) {
      pendingKeepsAlive = pending;
      handlersKeepAlive = handlers;
      return this;
    }

    Builder oneAtATime(boolean one) {
      oneAtATime = one;
      return this;
    }

    /**
     * Has the server started whenever a connect finds that none answers, the first one and each of
     * a client that reconnects. The time of such a connect is that of {@code spinUp}.
     *
     * @throws IllegalArgumentException if the address has no path, so that nothing can be locked
     *     (N-11)
     */
    public Builder spinUp(SpinUp spinUp) {
      if (!address.hasPath()) {
        throw new IllegalArgumentException(
            "N-11: " + address + " has no path, and its start cannot be locked");
      }
      this.spinUp = Objects.requireNonNull(spinUp, "spinUp");
      return this;
    }

    /** Has the server started by that command, as {@link SpinUp#command} says. */
    public Builder spinUp(ProcessBuilder command) {
      return spinUp(SpinUp.command(command));
    }

    /**
     * Accepts a server that another user runs, beside this user's and root's (H-4). It is checked
     * before a byte is sent.
     */
    public Builder serverUser(long uid) {
      users.add(uid);
      return this;
    }

    /**
     * Connects, checks that the server is run by this user or by root, and shakes hands. The first
     * attempt is the only one, also of a client that reconnects.
     *
     * @throws RpcException UNAVAILABLE if no server is there, PERMISSION_DENIED if it is another
     *     user's, or the server's own refusal; the outcome is NOT_SENT
     */
    public Client connect() {
      Client client = make();
      client.connectNow();
      return client;
    }

    /**
     * Connects in the background, and as often as {@link #reconnect} says until a server is there.
     * Calls that do not {@link CallOptions#withWaitForReady wait} fail until then.
     */
    public Client connectLater() {
      Client client = make();
      client.connectInBackground();
      return client;
    }

    private Client make() {
      Connector connector =
          new SocketConnector(address, transport, Joining.of(this), Set.copyOf(users));
      SpinUp starting = spinUp;
      if (starting != null) {
        connector = new SpinningConnector(connector, address, starting);
      }
      Workers workers = new Workers("parley-client", executor, Workers.MAX_HANDLERS);
      Client client =
          new Client(
              connector,
              address.name(),
              workers,
              acquireLoop(),
              servedHandlers(),
              reconnect,
              oneAtATime,
              lifecycleListeners());
      client.keepAlive(pendingKeepsAlive, handlersKeepAlive, serves());
      return client;
    }
  }

  /** Says what of it keeps the JVM alive; before it connects. */
  void keepAlive(boolean pending, boolean handlers, boolean serves) {
    pendingKeepsAlive = pending;
    handlersKeepAlive = handlers;
    this.serves = serves;
    if (pending || handlers) {
      AliveKeeper.add(this);
    }
  }

  /** Whether the JVM must not end yet. */
  boolean keepsAlive() {
    ConnectedPeer now = peer;
    boolean waits;
    boolean over;
    synchronized (this) {
      waits = !waiting.isEmpty() || !followers.isEmpty();
      over = isStopped && (now == null || !now.isOpen());
    }
    if (over) {
      return false;
    }
    boolean pending =
        waits
            || (now != null && now.connection().callsInFlight() > 0)
            || workers.areRunning()
            || loop.isInUserCode();
    return (pendingKeepsAlive && pending) || (handlersKeepAlive && (serves || !handlers.isEmpty()));
  }

  static Loop acquireLoop() {
    try {
      return SharedLoop.acquire();
    } catch (IOException e) {
      throw new RpcException(
          Status.of(Code.UNAVAILABLE, String.valueOf(e.getMessage())), Outcome.NOT_SENT, e);
    }
  }

  // --- Connecting -------------------------------------------------------------------------------

  /** Makes the first connection and waits for it; if it comes to naught, until nothing is left. */
  void connectNow() {
    ConnectedPeer first = openFirst();
    opening(first);
    Loop.beforeWaiting();
    try {
      first.whenOpened().get();
      opened(first); // What hangs on the future may come a moment later.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      closeNow();
      throw new RpcException(
          Status.of(Code.CANCELLED, "interrupted while connecting"), Outcome.NOT_SENT, e);
    } catch (ExecutionException e) {
      awaitEnded();
      if (e.getCause() instanceof RpcException refused) {
        throw new RpcException(refused.status(), Outcome.NOT_SENT, refused);
      }
      throw new IllegalStateException(e);
    }
  }

  /** Makes the only connection. Calls and events wait until its handshake is done. */
  void connectAhead() {
    awaitsFirst = true;
    synchronized (this) {
      comesBack = true; // So that listeners are told.
    }
    opening(openFirst());
  }

  private ConnectedPeer openFirst() {
    lifecycle.started();
    synchronized (this) {
      links++;
      isTrying = true;
    }
    try {
      return connector.open(workers, loop, this::released);
    } catch (RpcException | Error e) {
      synchronized (this) {
        isTrying = false;
        isStopped = true;
      }
      released();
      awaitEnded();
      throw e;
    }
  }

  private void connectInBackground() {
    lifecycle.started();
    Object first = new Object();
    synchronized (this) {
      comesBack = true;
      retry = first;
    }
    workers.execute(() -> attempt(first));
  }

  /** One attempt to connect, unless it has been called off; on a worker. */
  private void attempt(Object which) {
    synchronized (this) {
      if (retry != which) {
        return;
      }
      retry = null;
      isTrying = true;
      links++;
    }
    ConnectedPeer made;
    try {
      made = connector.open(workers, loop, this::released);
    } catch (RpcException | Error e) {
      lifecycle.failed(e);
      boolean again = !(e instanceof RpcException failure) || mayPass(failure.code());
      List<Waiting> hopeless;
      synchronized (this) {
        isTrying = false;
        failures++;
        hopeless = again ? tryAgainOrStop() : stop();
      }
      giveUp(hopeless);
      released();
      return;
    }
    opening(made);
  }

  /** Whether it may be otherwise the next time. */
  private static boolean mayPass(Code code) {
    return switch (code) {
      case INVALID_ARGUMENT, PERMISSION_DENIED, UNIMPLEMENTED -> false;
      default -> true;
    };
  }

  private void opening(ConnectedPeer made) {
    boolean late;
    synchronized (this) {
      isTrying = false;
      late = isStopped;
      greeting = made;
    }
    var unusedOpened =
        made.whenOpened()
            .whenComplete(
                (nothing, failure) -> {
                  if (failure == null) {
                    opened(made);
                  } else if (isTold()) {
                    lifecycle.failed(failure);
                  }
                });
    var unusedClosed = made.whenClosed().thenAccept(why -> closed(made, why));
    if (late) {
      made.connection().close();
    }
  }

  /** Whether listeners, and not a caller of connect(), are told of failures. */
  private synchronized boolean isTold() {
    return comesBack;
  }

  /** The handshake is done. Whoever finds out first says so; any thread. */
  private void opened(ConnectedPeer made) {
    List<Waiting> ready;
    List<Follower> following;
    synchronized (this) {
      if (peer == made) {
        return;
      }
      greeting = null;
      peer = made;
      comesBack = true;
      openedAt = loop.now();
      ready = new ArrayList<>(waiting);
      waiting.clear();
      following = List.copyOf(followers);
    }
    lifecycle.connected(this);
    if (!following.isEmpty()) {
      workers.execute(() -> following.forEach(follower -> follower.connected(made.asConnected())));
    }
    if (!ready.isEmpty()) {
      workers.execute(() -> ready.forEach(call -> call.start(made)));
    }
  }

  /** A connection takes no more calls, or never came to be; on any thread. */
  private void closed(ConnectedPeer ended, Status why) {
    if (!ended.whenOpened().isCompletedExceptionally()) {
      opened(ended);
    }
    boolean wasOpen;
    boolean comes;
    List<Waiting> hopeless;
    synchronized (this) {
      wasOpen = greeting != ended;
      lastRefusal = wasOpen ? lastRefusal : why;
      greeting = wasOpen ? greeting : null;
      if (wasOpen && loop.now() - openedAt >= reconnect.boundNanos(failures)) {
        failures = 0;
      } else {
        failures++;
      }
      hopeless = ended.connection().mayReturn() ? tryAgainOrStop() : stop();
      comes = !isStopped;
    }
    if (wasOpen) {
      lifecycle.disconnected(this, why, comes);
    }
    giveUp(hopeless);
    endIfOver(); // Its link may have been let go of before this was told.
  }

  /** Has another attempt follow, if one may. Under the lock; gives the calls that wait in vain. */
  private List<Waiting> tryAgainOrStop() {
    if (isStopped || !comesBack || failures >= reconnect.maxAttempts()) {
      return stop();
    }
    Object next = new Object();
    retry = next;
    retryTimer =
        loop.at(
            loop.now() + reconnect.delayNanos(failures),
            () -> workers.execute(() -> attempt(next)));
    return List.of();
  }

  /** No connection is made any more. Under the lock; gives the calls that wait in vain. */
  private List<Waiting> stop() {
    isStopped = true;
    retry = null;
    if (retryTimer != null) {
      retryTimer.cancel();
      retryTimer = null;
    }
    List<Waiting> hopeless = new ArrayList<>(waiting);
    waiting.clear();
    return hopeless;
  }

  private void giveUp(List<Waiting> hopeless) {
    for (Waiting call : hopeless) {
      workers.execute(() -> call.fail(notConnected()));
    }
    List<Follower> following = List.of();
    synchronized (this) {
      if (isStopped) {
        following = List.copyOf(followers);
        followers.clear();
      }
    }
    following.forEach(follower -> follower.over(notConnected().status()));
  }

  /** A connection has let go of its link, or an attempt came to none; on any thread. */
  private void released() {
    synchronized (this) {
      links--;
    }
    endIfOver();
  }

  /** Lets go of the rest when nothing is left and nothing comes any more. */
  private void endIfOver() {
    synchronized (this) {
      if (!isStopped || links != 0 || isOver) {
        return;
      }
      isOver = true; // The loop is given back once.
    }
    AliveKeeper.remove(this);
    lifecycle.stopped();
    workers.close();
    SharedLoop.release();
    ended.complete(null);
  }

  private void carry(Waiting call) {
    ConnectedPeer now;
    synchronized (this) {
      now = peer;
      boolean ready = now != null && now.connection().takesCalls();
      if (!ready && !isStopped) {
        waiting.add(call);
        return;
      }
      now = ready ? now : null;
    }
    if (now != null) {
      call.start(now);
    } else {
      call.fail(notConnected());
    }
  }

  /** Where calls wait for a connection. */
  private final class ForConnection implements WaitingRoom {
    @Override
    public void carry(Waiting call) {
      Client.this.carry(call);
    }

    @Override
    public void forget(Waiting call) {
      synchronized (Client.this) {
        waiting.remove(call);
      }
    }

    @Override
    public boolean hasStopped() {
      return Client.this.hasStopped();
    }
  }

  /** Whether no connection is made any more. */
  synchronized boolean hasStopped() {
    return isStopped;
  }

  private RpcException notConnected() {
    Status refusal = peer == null ? lastRefusal : null;
    String why = refusal == null ? "" : ": " + refusal.message();
    return new RpcException(
        Status.of(Code.UNAVAILABLE, "no connection to " + name() + " is open" + why),
        Outcome.NOT_SENT,
        null);
  }

  private ConnectedPeer connected() {
    ConnectedPeer now = peer;
    if (now == null && awaitsFirst) {
      ReadyGate.pass(forConnection, loop, CallOptions.DEFAULT);
      now = peer;
    }
    if (now == null) {
      throw notConnected();
    }
    return now;
  }

  /**
   * Makes no further attempt to connect; a connection that is there stays. A client that has none
   * ends. Idempotent.
   */
  public void stopReconnecting() {
    List<Waiting> hopeless = List.of();
    synchronized (this) {
      reconnect = Reconnect.NONE;
      ConnectedPeer now = peer;
      if (!isTrying && greeting == null && (now == null || !now.isOpen())) {
        hopeless = stop();
      }
    }
    giveUp(hopeless);
    endIfOver();
  }

  // --- As a peer --------------------------------------------------------------------------------

  @Override
  public <Q extends MessageLite, R extends MessageLite> Call<Q, R> start(
      Method<Q, R> method, @Nullable Q request, CallOptions options) {
    Turns inTurn = turns;
    if (inTurn != null && method.shape() == Shape.UNARY && request != null) {
      WaitingCall<Q, R> call = new WaitingCall<>(inTurn, loop, method, request, options);
      call.begin();
      return call;
    }
    return startNow(method, request, options);
  }

  private <Q extends MessageLite, R extends MessageLite> Call<Q, R> startNow(
      Method<Q, R> method, @Nullable Q request, CallOptions options) {
    ConnectedPeer now = peer;
    if (options.waitsForReady() || (now == null && awaitsFirst)) {
      return startWhenReady(method, request, options);
    }
    return now == null ? Calls.failed(method, notConnected()) : now.start(method, request, options);
  }

  private <Q extends MessageLite, R extends MessageLite> Call<Q, R> startWhenReady(
      Method<Q, R> method, @Nullable Q request, CallOptions options) {
    if (request == null || method.shape() != Shape.UNARY) {
      try {
        ReadyGate.Passed ready = ReadyGate.pass(forConnection, loop, options);
        return ready.caller().start(method, request, ready.options());
      } catch (RpcException e) {
        return Calls.failed(method, e);
      }
    }
    WaitingCall<Q, R> call = new WaitingCall<>(forConnection, loop, method, request, options);
    call.begin();
    return call;
  }

  @Override
  public Registration follow(Follower follower) {
    ConnectedPeer now;
    boolean over;
    synchronized (this) {
      now = peer;
      over = isStopped;
      if (!over) {
        followers.add(follower);
      }
    }
    if (over) {
      follower.over(notConnected().status());
    } else if (now != null) {
      follower.connected(now.asConnected());
    }
    return () -> forget(follower);
  }

  private synchronized void forget(Follower follower) {
    followers.remove(follower);
  }

  @Override
  public Topics topics() {
    return topics;
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
    ConnectedPeer now = peer;
    return now == null ? dialled : now.name();
  }

  @Override
  public Credentials credentials() {
    return connected().credentials();
  }

  @Override
  public void sendEvent(String name, MessageLite event, Metadata metadata) {
    connected().sendEvent(name, event, metadata);
  }

  @Override
  public CompletableFuture<Duration> ping() {
    ConnectedPeer now = peer;
    return now == null ? CompletableFuture.failedFuture(notConnected()) : now.ping();
  }

  @Override
  public boolean isOpen() {
    ConnectedPeer now = peer;
    return now != null && now.isOpen();
  }

  /** What it serves to the server without a schema, which may come and go (U-1). */
  public Handlers handlers() {
    return handlers;
  }

  /** What the server's HELLO carried for the application; empty before there was one. */
  public ByteString payload() {
    ConnectedPeer now = peer;
    return now == null ? ByteString.EMPTY : now.payload();
  }

  // --- The end ----------------------------------------------------------------------------------

  /** Waits until the client has ended, whoever ended it. */
  public void awaitClosed() throws InterruptedException {
    Waits.interruptibly(ended);
  }

  /** Completes when the client has ended, for whatever reason. */
  public CompletableFuture<Void> whenClosed() {
    return ended.copy();
  }

  /**
   * Closes gracefully: calls in flight either way finish, new ones are refused; waits for that, at
   * most the drain time-out. Nothing of the client is left when it returns. Idempotent. Not to be
   * called by one of its own handlers, for which it would wait.
   */
  @Override
  public void close() {
    ConnectedPeer last = end();
    if (last != null) {
      last.close(false);
    }
    endIfOver();
    awaitEnded();
  }

  /** Closes at once: calls in flight end UNAVAILABLE, and the server is told. Idempotent. */
  public void closeNow() {
    closeNow(Status.of(Code.CANCELLED, "the client closed the connection"));
  }

  /** As {@link #closeNow()}, with the reason that the server is told and the calls here carry. */
  public void closeNow(Status reason) {
    ConnectedPeer last = end();
    if (last != null) {
      last.abort(reason);
    }
    endIfOver();
    awaitEnded();
  }

  /** No connection is made any more; the last one, which is to be closed. */
  private @Nullable ConnectedPeer end() {
    ConnectedPeer last;
    List<Waiting> hopeless;
    connector.stop();
    synchronized (this) {
      hopeless = stop();
      last = greeting == null ? peer : greeting;
    }
    giveUp(hopeless);
    return last;
  }

  private void awaitEnded() {
    Waits.uninterruptibly(ended);
    lifecycle.awaitTold();
    loop.awaitEnd();
  }
}
