package dev.parley;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import dev.parley.connection.Connection;
import dev.parley.connection.Loop;
import dev.parley.connection.Settings;
import dev.parley.rpc.Call;
import dev.parley.rpc.CallOptions;
import dev.parley.rpc.Code;
import dev.parley.rpc.Metadata;
import dev.parley.rpc.Method;
import dev.parley.rpc.Outcome;
import dev.parley.rpc.Peer;
import dev.parley.rpc.RpcException;
import dev.parley.rpc.ServiceDefinition;
import dev.parley.rpc.Status;
import dev.parley.rpc.runtime.ConnectedPeer;
import dev.parley.rpc.runtime.Services;
import dev.parley.rpc.runtime.Workers;
import dev.parley.transport.Credentials;
import dev.parley.transport.Endpoint;
import dev.parley.transport.Link;
import dev.parley.transport.TransportException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a server, from the side that made it: a {@link Peer} to call, and itself able to
 * serve what the server calls back.
 *
 * <p>Safe for use by many threads. It ends when it is closed or its connection is lost; it does not
 * connect again by itself.
 */
public final class Client implements Peer, AutoCloseable {
  private final ConnectedPeer peer;
  private final Workers workers;
  private final Loop loop;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  Client(ConnectedPeer peer, Workers workers, Loop loop) {
    this.peer = peer;
    this.workers = workers;
    this.loop = loop;
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
     * Connects, checks that the server is run by this user or by root, and shakes hands.
     *
     * @throws RpcException UNAVAILABLE if no server is there, PERMISSION_DENIED if it is another
     *     user's, or the server's own refusal; the outcome is NOT_SENT
     */
    public Client connect() {
      try {
        Endpoint endpoint = address.resolve();
        Services served = served();
        Link link = transport.connect(endpoint, settings.handshakeTimeout().toNanos());
        return open(link, served);
      } catch (TransportException e) {
        throw unsent(codeOf(e.reason()), e);
      } catch (IOException e) {
        throw unsent(Code.UNAVAILABLE, e);
      }
    }

    private Client open(Link link, Services served) throws IOException {
      Credentials credentials = link.credentials();
      if (!credentials.isSameUser() && !credentials.isRoot()) {
        link.close();
        throw new RpcException(
            Status.of(
                Code.PERMISSION_DENIED,
                "H-4: the server at " + link.endpoint() + " is run by " + credentials),
            Outcome.NOT_SENT,
            null);
      }
      String name = address.name().isEmpty() ? null : address.name();
      Loop loop;
      try {
        loop = SharedLoop.acquire();
      } catch (IOException e) {
        link.close();
        throw e;
      }
      Workers workers = new Workers("parley-client", executor, Workers.MAX_HANDLERS);
      ConnectedPeer peer =
          new ConnectedPeer(
              served, workers, calling(), name, ConnectedPeer.HelloCheck.NONE, greeted -> {});
      Client client = new Client(peer, workers, loop);
      Connection connection;
      try {
        connection =
            loop.add(
                link,
                settings,
                client::released,
                driver -> {
                  Connection made =
                      new Connection(link, address.toString(), true, settings, loop, peer, driver);
                  peer.join(made);
                  return made;
                });
      } catch (IOException e) {
        link.close();
        SharedLoop.release();
        throw e;
      }
      connection.start();
      client.awaitOpened();
      return client;
    }

    private static Code codeOf(TransportException.Reason reason) {
      return switch (reason) {
        case INVALID_ADDRESS -> Code.INVALID_ARGUMENT;
        case NOT_PERMITTED -> Code.PERMISSION_DENIED;
        case INTERRUPTED -> Code.CANCELLED;
        case UNSUPPORTED -> Code.UNIMPLEMENTED;
        default -> Code.UNAVAILABLE;
      };
    }

    private static RpcException unsent(Code code, IOException cause) {
      return new RpcException(
          Status.of(code, String.valueOf(cause.getMessage())), Outcome.NOT_SENT, cause);
    }
  }

  /** Waits for the end of the handshake; if it comes to naught, until nothing is left of it. */
  void awaitOpened() {
    Loop.beforeWaiting();
    try {
      peer.whenOpened().get();
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

  /** The connection has let go of its link; on the loop's thread or a closing one. */
  void released() {
    workers.close();
    SharedLoop.release();
    ended.complete(null);
  }

  @Override
  public <Q extends MessageLite, R extends MessageLite> Call<Q, R> start(
      Method<Q, R> method, @Nullable Q request, CallOptions options) {
    return peer.start(method, request, options);
  }

  @Override
  public String name() {
    return peer.name();
  }

  @Override
  public Credentials credentials() {
    return peer.credentials();
  }

  @Override
  public void sendEvent(String name, MessageLite event, Metadata metadata) {
    peer.sendEvent(name, event, metadata);
  }

  @Override
  public CompletableFuture<Duration> ping() {
    return peer.ping();
  }

  @Override
  public boolean isOpen() {
    return peer.isOpen();
  }

  /** What the server's HELLO carried for the application. */
  public ByteString payload() {
    return peer.payload();
  }

  /** Waits until the connection has ended, whoever ended it. */
  public void awaitClosed() throws InterruptedException {
    Waits.interruptibly(ended);
  }

  /** Completes when the connection has ended, for whatever reason. */
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
    peer.connection().close();
    awaitEnded();
  }

  /** Closes at once: calls in flight end UNAVAILABLE, and the server is told. Idempotent. */
  public void closeNow() {
    closeNow(Status.of(Code.CANCELLED, "the client closed the connection"));
  }

  /** As {@link #closeNow()}, with the reason that the server is told and the calls here carry. */
  public void closeNow(Status reason) {
    peer.abort(reason);
    awaitEnded();
  }

  private void awaitEnded() {
    Waits.uninterruptibly(ended);
    loop.awaitEnd();
  }
}
