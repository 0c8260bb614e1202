package dev.parley;

import dev.parley.connection.Loop;
import dev.parley.connection.Settings;
import dev.parley.rpc.Code;
import dev.parley.rpc.Handlers;
import dev.parley.rpc.Outcome;
import dev.parley.rpc.Peer;
import dev.parley.rpc.PeerGroup;
import dev.parley.rpc.RpcException;
import dev.parley.rpc.Status;
import dev.parley.rpc.TopicOptions;
import dev.parley.rpc.Topics;
import dev.parley.rpc.runtime.Workers;
import dev.parley.transport.SocketNames;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A process with a name: a server under it, and a client of every other node that it talks to. What
 * it serves, it serves to whoever connects and to whomever it has connected to.
 *
 * <pre>{@code
 * try (Node node = Node.named("test-one").start()) {
 *   node.handlers().respondJson("hello", (data, context) -> "hello, " + data);
 *   Object reply = node.send("test-two", "hello", "world");
 * }
 * }</pre>
 *
 * <p>Safe for use by many threads. A peer that was dialled by a name bears that name. The name that
 * a peer claims in its HELLO is no more than that: authority comes from {@link Peer#credentials}.
 */
public final class Node implements AutoCloseable {
  private final Builder builder;
  private final Server server;
  private final Workers workers;
  private final Lifecycle lifecycle;

  // Guarded by this.
  private final Map<String, CompletableFuture<Client>> dialled = new HashMap<>();
  private boolean isClosed;

  private Node(Builder builder) throws IOException {
    this.builder = builder;
    workers = new Workers("parley-node", builder.executor, Workers.MAX_HANDLERS);
    lifecycle = new Lifecycle(builder.lifecycleListeners(), workers);
    try {
      server =
          Server.builder(builder.address())
              .like(builder)
              .topics(builder.topics)
              .listener(new Retold(lifecycle))
              .start();
    } catch (IOException | RuntimeException | Error e) {
      workers.close();
      throw e;
    }
    lifecycle.started();
  }

  /**
   * A node of that name to be.
   *
   * @throws IllegalArgumentException if it is no name (N-2)
   */
  public static Builder named(String name) {
    return new Builder(Address.of(name));
  }

  /** Gathers what a node is made of. For one thread. */
  public static final class Builder extends PeerBuilder<Builder> {
    private Address address;
    private String space = SocketNames.DEFAULT_SPACE;
    private Reconnect reconnect = Reconnect.DEFAULT;
    private TopicOptions topics = TopicOptions.DEFAULT;
    private boolean oneAtATime;

    private Builder(Address address) {
      super(Settings.ofAccepting(address.name()));
      this.address = address;
    }

    @Override
    Builder self() {
      return this;
    }

    Address address() {
      return address;
    }

    /**
     * The space in which it lives; nodes in different spaces never meet. {@code app} unless set.
     */
    public Builder space(String space) {
      this.space = space;
      address = Address.of(address.name(), space);
      return this;
    }

    /**
     * How it comes back to nodes that it was connected to: {@link Reconnect#DEFAULT} unless set.
     */
    public Builder reconnect(Reconnect reconnect) {
      this.reconnect = Objects.requireNonNull(reconnect, "reconnect");
      return this;
    }

    /** Sends one request at a time to each node; see {@link Client.Builder#oneAtATime()}. */
    public Builder oneAtATime() {
      oneAtATime = true;
      return this;
    }

    /** How it keeps its topics: {@link TopicOptions#DEFAULT} unless set. */
    public Builder topics(TopicOptions options) {
      this.topics = Objects.requireNonNull(options, "options");
      return this;
    }

    /**
     * Claims the name and begins to serve.
     *
     * @throws dev.parley.transport.TransportException if another node has the name, or the place is
     *     not safe
     */
    public Node start() throws IOException {
      return new Node(this);
    }
  }

  /** Its name. */
  public String name() {
    return builder.address().name();
  }

  /** What it serves without a schema, which may come and go (U-1). */
  public Handlers handlers() {
    return server.handlers();
  }

  /**
   * The topics that this node keeps: whoever is connected to it, and this program, publish and
   * subscribe. Those of another node are its {@link Peer#topics}.
   */
  public Topics topics() {
    return server.topics();
  }

  /** All who are connected just now: those that came, and those that this node has dialled. */
  public List<Peer> peers() {
    List<Peer> all = new ArrayList<>(server.peers());
    synchronized (this) {
      for (CompletableFuture<Client> client : dialled.values()) {
        if (client.isDone() && !client.isCompletedExceptionally() && client.join().isOpen()) {
          all.add(client.join());
        }
      }
    }
    return all;
  }

  /** All of {@link #peers}, to tell or ask something all at once. */
  public PeerGroup everyone() {
    return new PeerGroup(this::peers);
  }

  /**
   * The node of that name, connected to on first use: once, however many ask at the same time. From
   * then on this node comes back to it by itself.
   *
   * @throws RpcException UNAVAILABLE, NOT_SENT if no such node is up
   */
  public Peer peer(String name) {
    CompletableFuture<Client> client = dial(name);
    Loop.beforeWaiting();
    try {
      return client.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RpcException(
          Status.of(Code.CANCELLED, "interrupted while connecting"), Outcome.NOT_SENT, e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RpcException failure) {
        throw new RpcException(failure.status(), Outcome.NOT_SENT, failure);
      }
      throw new IllegalStateException(e);
    }
  }

  /** The same in the background. */
  public CompletableFuture<Peer> peerAsync(String name) {
    return dial(name).thenApply(client -> client);
  }

  private CompletableFuture<Client> dial(String name) {
    Address address = Address.of(name, builder.space);
    CompletableFuture<Client> connecting;
    synchronized (this) {
      if (isClosed) {
        return CompletableFuture.failedFuture(closed());
      }
      CompletableFuture<Client> known = dialled.get(name);
      if (known != null && !isOver(known)) {
        return known;
      }
      connecting = new CompletableFuture<>();
      dialled.put(name, connecting);
    }
    workers.execute(() -> connect(address, connecting));
    return connecting;
  }

  /** Whether it is of no use any more, so that another connection may be made. */
  private static boolean isOver(CompletableFuture<Client> client) {
    return client.isDone() && (client.isCompletedExceptionally() || client.join().hasStopped());
  }

  private void connect(Address address, CompletableFuture<Client> connecting) {
    Client client;
    try {
      client =
          Client.builder(address)
              .like(builder)
              .name(name())
              .hub(server.hub())
              .oneAtATime(builder.oneAtATime)
              .reconnect(builder.reconnect)
              .listener(new Retold(lifecycle))
              .connect();
    } catch (RuntimeException | Error e) {
      connecting.completeExceptionally(e);
      return;
    }
    boolean late;
    synchronized (this) {
      late = isClosed;
      if (!late) {
        connecting.complete(client);
      }
    }
    if (late) {
      client.closeNow();
      connecting.completeExceptionally(closed());
    }
  }

  private RpcException closed() {
    return new RpcException(
        Status.of(Code.UNAVAILABLE, "the node " + name() + " is closed"), Outcome.NOT_SENT, null);
  }

  /**
   * Sends data like JSON's to the node of that name, and waits for what it replies.
   *
   * @throws RpcException as {@link #peer} and {@link Peer#requestJson}
   */
  public @Nullable Object send(String to, String method, @Nullable Object data) {
    return peer(to).requestJson(method, data);
  }

  /** The same in the background. */
  public CompletableFuture<@Nullable Object> sendAsync(
      String to, String method, @Nullable Object data) {
    return dial(to).thenCompose(client -> client.requestJsonAsync(method, data));
  }

  /** Closes the connection to the node of that name, if this one has dialled it. */
  public void disconnect(String name) {
    CompletableFuture<Client> client;
    synchronized (this) {
      client = dialled.remove(name);
    }
    if (client != null) {
      closeAll(List.of(client));
    }
  }

  /**
   * Gives the name back and closes all connections gracefully; nothing of the node is left when it
   * returns. Idempotent. Not to be called by one of its own handlers, for which it would wait.
   */
  @Override
  public void close() {
    List<CompletableFuture<Client>> clients;
    synchronized (this) {
      if (isClosed) {
        return;
      }
      isClosed = true;
      clients = new ArrayList<>(dialled.values());
      dialled.clear();
    }
    closeAll(clients);
    server.close();
    lifecycle.stopped();
    workers.close();
    lifecycle.awaitTold();
  }

  private static void closeAll(List<CompletableFuture<Client>> clients) {
    for (CompletableFuture<Client> client : clients) {
      try {
        client.join().close();
      } catch (java.util.concurrent.CompletionException e) {
        // It never came to be.
      }
    }
  }

  /** Tells the node's listeners of what befalls its server and its clients. */
  private record Retold(Lifecycle to) implements LifecycleListener {
    @Override
    public void connected(Peer peer) {
      to.connected(peer);
    }

    @Override
    public void disconnected(Peer peer, Status reason, boolean willRetry) {
      to.disconnected(peer, reason, willRetry);
    }

    @Override
    public void failed(Throwable error) {
      to.failed(error);
    }
  }
}
