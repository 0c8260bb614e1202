package dev.parley;

import dev.parley.connection.Connection;
import dev.parley.connection.Driver;
import dev.parley.connection.Loop;
import dev.parley.connection.Settings;
import dev.parley.rpc.Code;
import dev.parley.rpc.Handlers;
import dev.parley.rpc.runtime.Calling;
import dev.parley.rpc.runtime.ConnectedPeer;
import dev.parley.rpc.runtime.Services;
import dev.parley.rpc.runtime.Workers;
import dev.parley.transport.MemoryLink;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Two connections of this process joined by a stream in memory, driven by workers. */
final class InProcess {
  private static final String NAME = "in-process";

  private InProcess() {}

  static Client connect(Services served) {
    Workers workers = new Workers("parley-in-process", null, Workers.MAX_HANDLERS);
    Client client =
        new Client(
            (threads, loop, released) -> open(served, threads, loop, released),
            NAME,
            workers,
            Client.acquireLoop(),
            new Handlers(),
            Reconnect.NONE,
            false,
            List.of());
    client.connectNow();
    return client;
  }

  private static ConnectedPeer open(
      Services served, Workers workers, Loop loop, Runnable released) {
    ConnectedPeer server =
        new ConnectedPeer(
            Services.of(List.of(), List.of()),
            workers,
            Calling.PLAIN,
            NAME,
            ConnectedPeer.HelloCheck.NONE,
            greeted -> {});
    ConnectedPeer callee =
        new ConnectedPeer(
            served, workers, Calling.PLAIN, NAME, ConnectedPeer.HelloCheck.NONE, greeted -> {});
    AtomicInteger ends = new AtomicInteger(2);
    Runnable bothReleased =
        () -> {
          if (ends.decrementAndGet() == 0) {
            released.run();
          }
        };
    MemoryLink.Pair pair = MemoryLink.open(NAME);
    join(pair.second(), false, loop, callee, workers, bothReleased);
    join(pair.first(), true, loop, server, workers, bothReleased);
    return server;
  }

  private static void join(
      MemoryLink link,
      boolean connecting,
      Loop loop,
      ConnectedPeer peer,
      Workers workers,
      Runnable released) {
    Pump pump = new Pump(workers, released);
    Settings settings = connecting ? Settings.ofConnecting(NAME) : Settings.ofAccepting(NAME);
    Connection connection = new Connection(link, NAME, connecting, settings, loop, peer, pump);
    peer.join(connection);
    pump.begin(connection);
    link.onReady(pump::signal, pump::signal);
    connection.start();
    pump.signal();
  }

  /** Drives one connection on a worker whenever its link may be ready, one worker at a time. */
  private static final class Pump implements Driver {
    private final Workers workers;
    private final Runnable released;
    private final AtomicInteger signals = new AtomicInteger();
    private volatile Connection connection;
    private volatile boolean wantsToWrite;
    private volatile boolean done;
    private volatile @Nullable Thread runner;

    @SuppressWarnings("NullAway.Init") // begin() sets the connection before anything can happen.
    Pump(Workers workers, Runnable released) {
      this.workers = workers;
      this.released = released;
    }

    void begin(Connection connection) {
      this.connection = connection;
    }

    void signal() {
      if (!done && signals.getAndIncrement() == 0) {
        workers.execute(this::run);
      }
    }

    private void run() {
      int seen;
      do {
        runner = Thread.currentThread();
        seen = signals.get();
        try {
          if (wantsToWrite) {
            connection.writable();
          }
          if (!done) {
            connection.readable();
          }
        } catch (RuntimeException | Error e) {
          connection.abort(Code.INTERNAL.number(), "the connection met an error on this side");
        }
        runner = null;
      } while (!signals.compareAndSet(seen, 0));
    }

    @Override
    public void wantsToWrite(boolean wants) {
      wantsToWrite = wants;
      // Another thread may have missed the signal that room gave; the runner sees it in its count.
      if (wants && runner != Thread.currentThread()) {
        signal();
      }
    }

    @Override
    public void done() {
      done = true;
      released.run();
    }
  }
}
