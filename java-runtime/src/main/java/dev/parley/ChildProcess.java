package dev.parley;

import dev.parley.connection.Loop;
import dev.parley.connection.Settings;
import dev.parley.rpc.runtime.Workers;
import dev.parley.transport.Link;
import dev.parley.transport.SocketPair;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * A process that this one has started, and the connection to it, which nobody else can take (N-10).
 *
 * <pre>{@code
 * try (ChildProcess child = ChildProcess.spawn(new ProcessBuilder("./worker"))) {
 *   Worker.Client worker = new Worker.Client(child.peer());
 *   ...
 * }
 * }</pre>
 *
 * <p>Both sides may call and serve. Calls may be made from the first moment: they wait until the
 * child has called {@link Parent#connect}, and end NOT_SENT if it never does; events and what
 * streams wait on the calling thread. If the child dies, calls in flight end at once with their
 * outcome.
 *
 * <p>The connection is the child's standard input, as a Java program can hand no other descriptor
 * down; the builder's own must be left as it is. Standard output and error are as the builder says:
 * whoever leaves them to be pipes must read them.
 *
 * <p>Safe for use by many threads. The connection belongs to this object, and so does the process
 * until it has ended: close it.
 */
public final class ChildProcess implements AutoCloseable {
  /** Where a child looks for the number of its descriptor (N-10). */
  static final String VARIABLE = "PARLEY_PARENT";

  private final Process process;
  private final Client peer;
  private final Duration exitTimeout;

  private ChildProcess(Process process, Client peer, Duration exitTimeout) {
    this.process = process;
    this.peer = peer;
    this.exitTimeout = exitTimeout;
  }

  /** Starts a child with the defaults. */
  public static ChildProcess spawn(ProcessBuilder command) throws IOException {
    return of(command).spawn();
  }

  /** A child to be, started by that command. */
  public static Builder of(ProcessBuilder command) {
    return new Builder(command);
  }

  /** Gathers what a child and the connection to it are made of. For one thread. */
  public static final class Builder extends PeerBuilder<Builder> {
    private final ProcessBuilder command;
    private Duration exitTimeout = Duration.ofSeconds(5);

    private Builder(ProcessBuilder command) {
      super(
          Settings.ofConnecting("parent-" + ProcessHandle.current().pid())
              .withHandshakeTimeout(Duration.ofSeconds(30)));
      this.command = Objects.requireNonNull(command, "command");
    }

    @Override
    Builder self() {
      return this;
    }

    /** How long the child may take until it has connected: 30 s unless set. */
    public Builder connectTimeout(Duration timeout) {
      settings = settings.withHandshakeTimeout(timeout);
      return this;
    }

    /** How long {@link ChildProcess#close} lets the child take to end: 5 s unless set. */
    public Builder exitTimeout(Duration timeout) {
      exitTimeout = Objects.requireNonNull(timeout, "timeout");
      return this;
    }

    /**
     * Starts the child. Returns at once; whether the child connects is told to the listeners and to
     * the calls.
     *
     * @throws IOException if the command cannot be run, or {@link
     *     dev.parley.transport.TransportException} if no pair can be made
     * @throws IllegalArgumentException if the command's standard input is redirected
     */
    public ChildProcess spawn() throws IOException {
      if (!command.redirectInput().equals(ProcessBuilder.Redirect.PIPE)) {
        throw new IllegalArgumentException(
            "N-10: a child's standard input is its connection, and cannot be "
                + command.redirectInput());
      }
      String label = "child " + String.join(" ", command.command().subList(0, 1));
      Process process;
      Link link;
      try (SocketPair pair = SocketPair.open(label)) {
        process = start(pair);
        try {
          link = pair.keep();
        } catch (IOException | RuntimeException | Error e) {
          process.destroyForcibly();
          throw e;
        }
      }
      try {
        return new ChildProcess(process, connect(link, label), exitTimeout);
      } catch (RuntimeException | Error e) {
        link.close();
        process.destroyForcibly();
        throw e;
      }
    }

    /** Runs a copy of the command, which stays the user's to use again. */
    private Process start(SocketPair pair) throws IOException {
      ProcessBuilder copy =
          new ProcessBuilder(command.command())
              .directory(command.directory())
              .redirectInput(pair.childInput())
              .redirectOutput(command.redirectOutput())
              .redirectError(command.redirectError())
              .redirectErrorStream(command.redirectErrorStream());
      copy.environment().clear();
      copy.environment().putAll(command.environment());
      copy.environment().put(VARIABLE, "0");
      return copy.start();
    }

    private Client connect(Link link, String label) {
      Joining joining = Joining.of(this);
      Client client =
          new Client(
              (threads, loop, released) ->
                  joining.join(link, null, label, true, threads, loop, released),
              label,
              new Workers("parley-child", executor, Workers.MAX_HANDLERS),
              Client.acquireLoop(),
              servedHandlers(),
              Reconnect.NONE,
              false,
              lifecycleListeners());
      client.keepAlive(true, true, serves());
      client.connectAhead();
      return client;
    }
  }

  /** The child as a peer. It ends when the child has ended its side, for whatever reason. */
  public Client peer() {
    return peer;
  }

  /** The process itself: whether it lives, how it ended, what it writes. */
  public Process process() {
    return process;
  }

  /** Kills the child, as {@code kill -9}, and waits until it has ended. Idempotent. */
  public void kill() {
    process.destroyForcibly();
    awaitExit();
    peer.closeNow();
  }

  /**
   * Closes the connection gracefully, as {@link Client#close}, and waits until the child has ended;
   * kills it if it takes longer than it may. Idempotent. An interrupt shortens the wait.
   */
  @Override
  public void close() {
    peer.close();
    Loop.beforeWaiting();
    try {
      if (!process.waitFor(exitTimeout.toNanos(), TimeUnit.NANOSECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    awaitExit();
  }

  private void awaitExit() {
    Waits.uninterruptibly(process.onExit());
  }

  @Override
  public String toString() {
    return "child " + process.pid();
  }
}
