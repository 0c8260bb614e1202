package dev.parley;

import dev.parley.connection.Settings;
import dev.parley.rpc.Code;
import dev.parley.rpc.Outcome;
import dev.parley.rpc.RpcException;
import dev.parley.rpc.Status;
import dev.parley.rpc.runtime.Workers;
import dev.parley.transport.Credentials;
import dev.parley.transport.InheritedSocket;
import dev.parley.transport.Link;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The way from a process to the one that has started it with a {@link ChildProcess} (N-10).
 *
 * <pre>{@code
 * Client parent = Parent.builder().service(Worker.bind(new Work())).exitWithParent().connect();
 * parent.awaitClosed();
 * }</pre>
 *
 * <p>A process has one parent, so it connects once. The environment of a JVM cannot be changed: so
 * {@code PARLEY_PARENT} stays there, and a process that is started by other means than {@link
 * ChildProcess} inherits it. The connection it does not inherit: standard input, which it came by,
 * reads as empty from the first {@link Builder#connect} on. Who starts processes by hand removes
 * the variable from their environment.
 */
public final class Parent {
  private static final AtomicBoolean TAKEN = new AtomicBoolean();

  private Parent() {}

  /** Whether this process was started as a child, so that {@link #connect} may be called. */
  public static boolean isThere() {
    return number(System.getenv(ChildProcess.VARIABLE)) >= 0 && !TAKEN.get();
  }

  /** Connects with the defaults, serving nothing. */
  public static Client connect() {
    return builder().connect();
  }

  /** A connection to the parent to be. */
  public static Builder builder() {
    return new Builder();
  }

  /** Gathers what the connection to the parent is made of. For one thread. */
  public static final class Builder extends PeerBuilder<Builder> {
    private boolean exits;

    private Builder() {
      super(Settings.ofAccepting("child-" + ProcessHandle.current().pid()));
    }

    @Override
    Builder self() {
      return this;
    }

    /** How long the parent's HELLO may take, which it sends at once: 5 s unless set. */
    public Builder connectTimeout(Duration timeout) {
      settings = settings.withHandshakeTimeout(timeout);
      return this;
    }

    /**
     * Ends this process, by {@link System#exit} with 0, when the connection has ended: because the
     * parent has died or closed it, or this side has.
     */
    public Builder exitWithParent() {
      exits = true;
      return this;
    }

    /**
     * Shakes hands with the parent, and serves it what was given here from then on.
     *
     * @throws IllegalStateException if this process was not started as a child, or has connected
     *     before
     * @throws RpcException UNAVAILABLE, NOT_SENT if the parent has gone, PERMISSION_DENIED if
     *     another user made the pair
     */
    public Client connect() {
      Link link = take();
      Credentials credentials = link.credentials();
      if (!credentials.isSameUser() && !credentials.isRoot()) {
        link.close();
        throw new RpcException(
            Status.of(Code.PERMISSION_DENIED, "H-4: the parent is run by " + credentials),
            Outcome.NOT_SENT,
            null);
      }
      Joining joining = Joining.of(this);
      Client client =
          new Client(
              (threads, loop, released) ->
                  joining.join(link, null, "parent", false, threads, loop, released),
              "parent",
              new Workers("parley-parent", executor, Workers.MAX_HANDLERS),
              Client.acquireLoop(),
              servedHandlers(),
              Reconnect.NONE,
              false,
              lifecycleListeners());
      client.keepAlive(true, true, serves());
      if (exits) {
        var unused = client.whenClosed().thenRun(Builder::exit);
      }
      client.connectNow();
      return client;
    }

    /** On a thread of its own, as hooks run meanwhile and may wait for the one that tells. */
    private static void exit() {
      new Thread(() -> System.exit(0), "parley-exit").start();
    }
  }

  private static Link take() {
    String value = System.getenv(ChildProcess.VARIABLE);
    if (value == null || value.isEmpty()) {
      throw new IllegalStateException(
          "N-10: PARLEY_PARENT is not set: this process was not started as a child");
    }
    int descriptor = number(value);
    if (descriptor < 0) {
      throw new IllegalStateException(
          "N-10: PARLEY_PARENT must be the number of a descriptor, not \"" + value + "\"");
    }
    if (TAKEN.getAndSet(true)) {
      throw new IllegalStateException("N-10: this process has connected to its parent before");
    }
    try {
      return InheritedSocket.take(descriptor, "parent");
    } catch (IOException e) {
      throw new IllegalStateException(Objects.requireNonNullElse(e.getMessage(), "N-10"), e);
    }
  }

  /** The descriptor's number; negative if the text is none. */
  private static int number(@Nullable String text) {
    return text != null && text.matches("[0-9]{1,9}") ? Integer.parseInt(text) : -1;
  }
}
