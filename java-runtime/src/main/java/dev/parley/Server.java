package dev.parley;

import dev.parley.connection.Connection;
import dev.parley.connection.Driver;
import dev.parley.connection.Loop;
import dev.parley.connection.Settings;
import dev.parley.connection.Timers;
import dev.parley.rpc.Code;
import dev.parley.rpc.Handlers;
import dev.parley.rpc.Peer;
import dev.parley.rpc.PeerGroup;
import dev.parley.rpc.Status;
import dev.parley.rpc.TopicOptions;
import dev.parley.rpc.Topics;
import dev.parley.rpc.runtime.Calling;
import dev.parley.rpc.runtime.ConnectedPeer;
import dev.parley.rpc.runtime.Services;
import dev.parley.rpc.runtime.TopicHub;
import dev.parley.rpc.runtime.Workers;
import dev.parley.transport.Access;
import dev.parley.transport.Credentials;
import dev.parley.transport.Endpoint;
import dev.parley.transport.Link;
import dev.parley.transport.Listener;
import dev.parley.transport.Transport;
import dev.parley.transport.TransportException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Listens at an address and serves whoever connects and is admitted: processes of the same user,
 * and root's.
 *
 * <p>Its threads are daemons: a program that has nothing else to do calls {@link #awaitClosed}.
 *
 * <p>Safe for use by many threads. It holds the claim of its address until it is closed; {@link
 * #close} and {@link #closeNow} leave nothing behind.
 */
public final class Server implements AutoCloseable {
  /** How many connections of one user may be without a HELLO at once (H-5). */
  private static final int MAX_HANDSHAKES = 64;

  /** How often it looks whether its socket is in its place. */
  private static final long LOOK_NANOS = 1_000_000_000L;

  private static final Duration FIRST_WAIT = Duration.ofSeconds(10);

  /** When a server ends by itself: so long after its last client, or its start. */
  private record SpinDown(Duration idle, Duration first) {}

  private static final Logger LOG = System.getLogger("dev.parley");

  private final Address address;
  private final Services services;
  private final Settings settings;
  private final Workers workers;
  private volatile Listener listener;
  private final Loop loop;
  private final PendingHandshakes pending;
  private final Doorkeeper doorkeeper;
  private final Calling calling;
  private final Handlers handlers;
  private final TopicHub topics;
  private final Lifecycle lifecycle;
  private final @Nullable SpinDown spinDown;
  private final CompletableFuture<Void> released = new CompletableFuture<>();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  private final AtomicBoolean stopped = new AtomicBoolean();

  /** Whether it was told that the socket file is missing. */
  private volatile boolean isMissed;

  /** Listeners that have no socket file any more. Guarded by itself. */
  private final List<Listener> retired = new ArrayList<>();

  // Guarded by this.
  private final Set<ConnectedPeer> peers = new HashSet<>();
  private boolean closing;
  private boolean spinsDown;
  private boolean somebodyCame;
  private Timers.@Nullable Timer idleTimer;

  private Server(
      Address address,
      Services services,
      Settings settings,
      Workers workers,
      Listener listener,
      Loop loop,
      PendingHandshakes pending,
      Doorkeeper doorkeeper,
      Calling calling,
      Handlers handlers,
      TopicHub topics,
      @Nullable SpinDown spinDown,
      List<LifecycleListener> listeners) {
    this.address = address;
    this.services = services;
    this.settings = settings;
    this.workers = workers;
    this.listener = listener;
    this.loop = loop;
    this.pending = pending;
    this.doorkeeper = doorkeeper;
    this.calling = calling;
    this.handlers = handlers;
    this.topics = topics;
    this.spinDown = spinDown;
    lifecycle = new Lifecycle(listeners, workers);
  }

  /** A server to be, at that address. */
  public static Builder builder(Address address) {
    return new Builder(address);
  }

  /** Gathers what a server is made of. For one thread. */
  public static final class Builder extends PeerBuilder<Builder> {
    private final Address address;
    private int maxHandlers = Workers.MAX_HANDLERS;
    private int maxHandshakes = MAX_HANDSHAKES;
    private int maxConnections = Integer.MAX_VALUE;
    private Admission admission = Admission.ALL;
    private final Set<Long> users = new HashSet<>();
    private boolean anyUser;
    private Access access = Access.OWNER;
    private TopicOptions topics = TopicOptions.DEFAULT;
    private @Nullable SpinDown spinDown;

    private Builder(Address address) {
      super(Settings.ofAccepting(address.name().isEmpty() ? "server" : address.name()));
      this.address = Objects.requireNonNull(address, "address");
    }

    @Override
    Builder self() {
      return this;
    }

    /** Asks {@code admission} about every client; without one all of the same user are let in. */
    public Builder admit(Admission admission) {
      this.admission = Objects.requireNonNull(admission, "admission");
      return this;
    }

    /** Lets clients of that user come as far as the admission, beside this user's and root's. */
    public Builder clientUser(long uid) {
      users.add(uid);
      return this;
    }

    /** Lets clients of any user come as far as the admission, which must be given. */
    public Builder anyClientUser() {
      anyUser = true;
      return this;
    }

    /**
     * Who may reach the socket, beside this user and root (N-9): nobody unless set. For others the
     * address must be a path, in a directory that they may enter and not change; and {@link #admit}
     * with {@link #clientUser} or {@link #anyClientUser} says whom the server takes.
     */
    public Builder access(Access access) {
      this.access = Objects.requireNonNull(access, "access");
      return this;
    }

    /** How many clients may be connected at once: without a bound unless set. */
    public Builder maxConnections(int connections) {
      if (connections < 1) {
        throw new IllegalArgumentException("maxConnections of " + connections);
      }
      this.maxConnections = connections;
      return this;
    }

    /** How many connections of one user may be without a HELLO at once: 64 unless set (H-5). */
    public Builder maxHandshakes(int handshakes) {
      this.maxHandshakes = handshakes;
      return this;
    }

    /** How many handlers run at once, for all peers together: 1024 unless set (C-5). */
    public Builder maxHandlers(int handlers) {
      if (handlers < 1) {
        throw new IllegalArgumentException("maxHandlers of " + handlers);
      }
      this.maxHandlers = handlers;
      return this;
    }

    /** How it keeps its topics: {@link TopicOptions#DEFAULT} unless set. */
    public Builder topics(TopicOptions options) {
      this.topics = Objects.requireNonNull(options, "options");
      return this;
    }

    /** How long a client may take for its HELLO: 5 s unless set. */
    public Builder handshakeTimeout(Duration timeout) {
      settings = settings.withHandshakeTimeout(timeout);
      return this;
    }

    /**
     * Closes the server by itself once nobody has been connected for that long: not unless set. It
     * never does so while a call runs. A client that comes in that moment is refused UNAVAILABLE
     * before it has sent a call, and finds or starts the next server; see {@link
     * Client.Builder#spinUp(SpinUp)}. {@link Server#awaitClosed} tells of the end.
     *
     * <p>For its first client it waits 10 s, or {@code idle} if that is longer: who has it started
     * needs time to come.
     */
    public Builder spinDown(Duration idle) {
      return spinDown(idle, idle.compareTo(FIRST_WAIT) > 0 ? idle : FIRST_WAIT);
    }

    /** The same, with another wait for the first client. */
    public Builder spinDown(Duration idle, Duration first) {
      if (idle.isNegative() || first.isNegative()) {
        throw new IllegalArgumentException("spinDown after " + idle + ", " + first);
      }
      spinDown = new SpinDown(idle, first);
      return this;
    }

    /**
     * Claims the address and begins to serve.
     *
     * @throws dev.parley.transport.TransportException if another server is there, or the place is
     *     not safe; nothing that was there is touched
     */
    public Server start() throws IOException {
      if (anyUser && admission == Admission.ALL) {
        throw new IllegalStateException(
            "H-4: a server for clients of any user needs an admission that decides on them");
      }
      Services served = served();
      Endpoint endpoint = address.resolve();
      Listener listener = transport.listen(endpoint, Transport.BACKLOG, access);
      Loop loop;
      try {
        loop = new Loop("parley-server-" + settings.name());
      } catch (IOException e) {
        listener.close();
        throw e;
      }
      Workers workers = new Workers("parley-handler", executor, maxHandlers);
      TopicHub hub = new TopicHub(topics, workers);
      Server server =
          new Server(
              address,
              served.and(hub),
              settings,
              workers,
              listener,
              loop,
              new PendingHandshakes(maxHandshakes),
              new Doorkeeper(address, admission, anyUser, Set.copyOf(users), maxConnections),
              calling(),
              servedHandlers(),
              hub,
              spinDown,
              lifecycleListeners());
      server.lifecycle.started();
      try {
        loop.accept(listener, server::accepted, server.lifecycle::failed);
      } catch (IOException e) {
        server.closeNow();
        throw e;
      }
      server.lookLater();
      server.watchIdleness();
      return server;
    }

    /**
     * The same, but gives nothing if another server is at the address already.
     *
     * @throws dev.parley.transport.TransportException for all other trouble
     */
    public Optional<Server> tryStart() throws IOException {
      try {
        return Optional.of(start());
      } catch (TransportException e) {
        if (e.reason() == TransportException.Reason.IN_USE) {
          return Optional.empty();
        }
        throw e;
      }
    }
  }

  /** On the loop's thread. */
  private void accepted(Link link) {
    Credentials credentials = link.credentials();
    ConnectedPeer peer =
        new ConnectedPeer(
            services,
            workers,
            calling,
            null,
            (applicant, name, payload) ->
                doorkeeper.admit(applicant, new Applicant(name, credentials, payload)),
            greeted -> greeted(greeted, credentials));
    synchronized (this) {
      if (closing && (!spinsDown || released.isDone())) {
        link.close(); // The loop may end any moment.
        return;
      }
      peers.add(peer);
    }
    Connection connection;
    try {
      connection =
          loop.add(link, settings, () -> released(peer), driver -> connection(link, peer, driver));
    } catch (IOException e) {
      if (!isClosing()) {
        LOG.log(Level.WARNING, "a connection to " + address + " could not be served", e);
      }
      link.close();
      released(peer);
      return;
    }
    if (isClosing()) { // Who closes may not have seen its connection yet.
      connection.refuse(Code.UNAVAILABLE.number(), "the server at " + address + " has just ended");
    } else if (!doorkeeper.wants(credentials)) {
      connection.refuse(
          Code.PERMISSION_DENIED.number(), "H-4: " + credentials + " may not connect here");
    } else {
      ConnectedPeer oldest = pending.begin(credentials.user(), peer);
      if (oldest != null) {
        oldest
            .connection()
            .refuse(
                Code.RESOURCE_EXHAUSTED.number(),
                "H-5: "
                    + pending.most()
                    + " newer connections of this user have not said HELLO either");
      }
      connection.start();
    }
  }

  private synchronized boolean isClosing() {
    return closing;
  }

  /** A handshake is done, or has come to naught; on the thread that reads. */
  private void greeted(ConnectedPeer peer, Credentials credentials) {
    pending.end(credentials.user(), peer);
    if (peer.whenOpened().isCompletedExceptionally()) {
      return;
    }
    synchronized (this) {
      somebodyCame = true;
    }
    lifecycle.connected(peer);
    var unused = peer.whenClosed().thenAccept(why -> lifecycle.disconnected(peer, why, false));
  }

  private Connection connection(Link link, ConnectedPeer peer, Driver driver) {
    Connection made =
        new Connection(link, "client of " + address, false, settings, loop, peer, driver);
    peer.join(made);
    return made;
  }

  /** A connection has let go of its link; on any thread. */
  private synchronized void released(ConnectedPeer peer) {
    doorkeeper.gone(peer);
    peers.remove(peer);
    if (closing && peers.isEmpty()) {
      released.complete(null);
    }
    watchIdleness();
  }

  /** Has the server end if nobody comes in time. */
  private synchronized void watchIdleness() {
    if (idleTimer != null) {
      idleTimer.cancel();
      idleTimer = null;
    }
    if (spinDown != null && !closing && peers.isEmpty()) {
      Duration wait = somebodyCame ? spinDown.idle() : spinDown.first();
      idleTimer = loop.at(loop.now() + wait.toNanos(), this::idle);
    }
  }

  /** The time without peers has passed, unless one has come after all; on the loop's thread. */
  private void idle() {
    synchronized (this) {
      if (closing || !peers.isEmpty()) {
        return;
      }
      if (workers.areHandling()) {
        watchIdleness();
        return;
      }
      closing = true;
      spinsDown = true;
    }
    Thread ender = new Thread(this::close, "parley-spin-down");
    ender.setDaemon(true);
    ender.start();
  }

  /** What it serves without a schema, which may come and go (U-1). */
  public Handlers handlers() {
    return handlers;
  }

  /** The topics that it keeps: its clients and this program publish and subscribe (E-2). */
  public Topics topics() {
    return topics;
  }

  /** The same, for a node that has other connections beside. */
  TopicHub hub() {
    return topics;
  }

  /** Where it listens. */
  public Address address() {
    return address;
  }

  /** The clients that are connected now and have been admitted. */
  public List<Peer> peers() {
    List<ConnectedPeer> now;
    synchronized (this) {
      now = List.copyOf(peers);
    }
    return now.stream().filter(Peer::isOpen).map(Peer.class::cast).toList();
  }

  /** All of {@link #peers}, to tell or ask something all at once. */
  public PeerGroup everyone() {
    return new PeerGroup(this::peers);
  }

  /** The client with that {@link Peer#id}, if it is connected. */
  public Optional<Peer> peer(long id) {
    return peers().stream().filter(peer -> peer.id() == id).findFirst();
  }

  private void lookLater() {
    if (listener.endpoint() instanceof Endpoint.UnixPath) {
      var unused = loop.at(loop.now() + LOOK_NANOS, this::look);
    }
  }

  /** Looks whether the socket is where clients look for it (N-13). */
  private void look() {
    synchronized (retired) {
      // Whoever had connected there was accepted since.
      retired.forEach(Listener::close);
      retired.clear();
    }
    Listener now = listener;
    boolean missing = !now.isInPlace();
    boolean closes;
    synchronized (this) {
      closes = closing;
    }
    if (missing && !isMissed && !closes) {
      lifecycle.failed(
          new TransportException(
              TransportException.Reason.REMOVED,
              "N-13: somebody has removed the socket of "
                  + now.endpoint()
                  + "; no client finds it until it is put back",
              null));
    }
    isMissed = missing;
    lookLater();
  }

  /**
   * Puts the socket file back that somebody has removed or replaced (N-13). Connections that are
   * there go on. Without effect if it is in its place.
   *
   * @throws TransportException if another server has taken the place, or it is not safe
   */
  public void restoreSocket() throws IOException {
    synchronized (retired) {
      Listener before = listener;
      if (before.isInPlace()) {
        return;
      }
      Listener next = before.restored();
      boolean done = false;
      try {
        loop.accept(next, this::accepted, lifecycle::failed);
        done = true;
      } finally {
        if (!done) {
          next.close();
        }
      }
      listener = next;
      isMissed = false;
      retired.add(before);
      synchronized (this) {
        if (!closing) {
          return;
        }
      }
      next.close();
    }
  }

  /** Waits until this server has been closed. */
  public void awaitClosed() throws InterruptedException {
    Waits.interruptibly(ended);
  }

  /**
   * Closes gracefully: gives the address back, refuses new calls, lets those in flight finish
   * either way, at most for the drain time-out. Nothing of the server is left when it returns.
   * Idempotent. Not to be called by one of its own handlers, for which it would wait.
   *
   * <p>Clients that reconnect come back when there is a server again.
   */
  @Override
  public void close() {
    end(peer -> peer.close(false));
  }

  /** As {@link #close}, and tells the clients not to come back by themselves. */
  public void closeForGood() {
    end(peer -> peer.close(true));
  }

  /** Closes at once: calls in flight end, and the clients are told. Idempotent. */
  public void closeNow() {
    closeNow(Status.of(Code.UNAVAILABLE, "the server closed"));
  }

  /** As {@link #closeNow()}, with the reason that the clients are told. */
  public void closeNow(Status reason) {
    end(peer -> peer.abort(reason));
  }

  private void end(Consumer<ConnectedPeer> goodbye) {
    synchronized (this) {
      closing = true;
    }
    listener.close();
    synchronized (retired) {
      retired.forEach(Listener::close);
      retired.clear();
    }
    List<ConnectedPeer> now;
    synchronized (this) {
      now = List.copyOf(peers);
      if (now.isEmpty()) {
        released.complete(null);
      }
    }
    now.stream().filter(ConnectedPeer::isJoined).forEach(goodbye);
    Waits.uninterruptibly(released);
    loop.close();
    if (!stopped.getAndSet(true)) {
      lifecycle.stopped();
    }
    workers.close();
    lifecycle.awaitTold();
    ended.complete(null);
  }
}
