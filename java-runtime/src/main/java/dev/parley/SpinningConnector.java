package dev.parley;

import dev.parley.connection.Loop;
import dev.parley.rpc.Code;
import dev.parley.rpc.Outcome;
import dev.parley.rpc.RpcException;
import dev.parley.rpc.Status;
import dev.parley.rpc.runtime.ConnectedPeer;
import dev.parley.rpc.runtime.Workers;
import dev.parley.transport.Endpoint;
import dev.parley.transport.SpinLock;
import dev.parley.transport.TransportException;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Connects, and has the server started if none answers. What it gives has shaken hands, since only
 * that tells a server from one that is about to end (N-11).
 */
final class SpinningConnector implements Connector {
  private static final int STARTS = 5;
  private static final long FIRST_PAUSE = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long LONGEST_PAUSE = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long AFTER_START = TimeUnit.MILLISECONDS.toNanos(20);

  private final Connector connector;
  private final Address address;
  private final SpinUp spinUp;
  private final CompletableFuture<Void> stopped = new CompletableFuture<>();

  SpinningConnector(Connector connector, Address address, SpinUp spinUp) {
    this.connector = connector;
    this.address = address;
    this.spinUp = spinUp;
  }

  @Override
  public ConnectedPeer open(Workers workers, Loop loop, Runnable released) {
    return new Search(workers, loop, released).run();
  }

  @Override
  public void stop() {
    stopped.complete(null);
  }

  /** One search for a server, on one thread. */
  private final class Search {
    private final Workers workers;
    private final Loop loop;
    private final Runnable released;
    private final long deadline = System.nanoTime() + spinUp.timeout().toNanos();
    private long pause = FIRST_PAUSE;
    private @Nullable RpcException last;

    Search(Workers workers, Loop loop, Runnable released) {
      this.workers = workers;
      this.loop = loop;
      this.released = released;
    }

    ConnectedPeer run() {
      ConnectedPeer found = connect();
      while (found == null) {
        try (SpinLock lock = lock()) {
          found = lock == null ? null : startAndConnect();
        }
        if (found == null) {
          pause("another process is about to start it");
          found = connect();
        }
      }
      return found;
    }

    private @Nullable SpinLock lock() {
      try {
        if (address.resolve() instanceof Endpoint.UnixPath path) {
          return SpinLock.tryTake(path);
        }
        throw failure("it has no path to lock", null);
      } catch (TransportException e) {
        throw new RpcException(
            Status.of(
                e.reason() == TransportException.Reason.NOT_PERMITTED
                    ? Code.PERMISSION_DENIED
                    : Code.UNAVAILABLE,
                String.valueOf(e.getMessage())),
            Outcome.NOT_SENT,
            e);
      } catch (IOException e) {
        throw failure("its lock cannot be taken: " + e.getMessage(), e);
      }
    }

    /** Under the lock. */
    private ConnectedPeer startAndConnect() {
      ConnectedPeer found = connect(); // Whoever had the lock before may have started it.
      int starts = 0;
      while (found == null) {
        try {
          SpinUp.Attempt attempt = spinUp.begin(address);
          starts++;
          found = await(attempt, starts == STARTS);
        } catch (StartFailure e) {
          if (!e.isInUse() && ++starts == STARTS) {
            throw e.failure();
          }
          last = e.failure();
        }
        if (found == null) {
          pause = Math.max(pause, AFTER_START); // The one before may not have ended quite.
          pause("it could not be started");
          found = connect();
        }
      }
      return found;
    }

    /** Waits until what was started answers; null if it ended without, and may be tried again. */
    private @Nullable ConnectedPeer await(SpinUp.Attempt attempt, boolean isLast) {
      boolean done = false;
      pause = FIRST_PAUSE;
      try {
        while (true) {
          String fault = attempt.fault(false);
          ConnectedPeer found = connect();
          done = found != null || !fault.isEmpty();
          if (found != null) {
            return found;
          }
          if (!fault.isEmpty() && isLast) {
            throw failure(fault, last);
          }
          if (!fault.isEmpty()) {
            return null;
          }
          pause("it was started, and does not answer");
        }
      } finally {
        if (!done) {
          attempt.fault(true);
        }
      }
    }

    /** A connection that has shaken hands; null if no server answers. */
    private @Nullable ConnectedPeer connect() {
      while (true) {
        RpcException refused;
        try {
          return connectOnce();
        } catch (RpcException e) {
          refused = e;
        }
        last = refused;
        if (refused.code() == Code.UNAVAILABLE && refused.getCause() instanceof RpcException) {
          return null; // It ended in this moment.
        }
        if (tellsOfAbsence(refused)) {
          return null;
        }
        if (!refused.status().message().startsWith("H-5:")) {
          throw refused;
        }
        pause(refused.status().message()); // So many come at once that it let this one go.
      }
    }

    private ConnectedPeer connectOnce() {
      CompletableFuture<Void> gone = new CompletableFuture<>();
      ConnectedPeer peer = connector.open(workers, loop, () -> gone.complete(null));
      boolean adopted = false;
      Loop.beforeWaiting();
      try {
        CompletableFuture.anyOf(peer.whenOpened(), stopped).get();
        if (stopped.isDone()) {
          throw failure("the client was closed", null);
        }
        adopted = true;
        var unused = gone.thenRun(released);
        return peer;
      } catch (InterruptedException e) {
        throw interrupted(e);
      } catch (ExecutionException e) {
        if (e.getCause() instanceof RpcException refused) {
          throw new RpcException(refused.status(), Outcome.NOT_SENT, refused);
        }
        throw new IllegalStateException(e);
      } finally {
        if (!adopted) {
          peer.connection().abort(Code.CANCELLED.number(), "the client gave up");
          Waits.uninterruptibly(gone);
        }
      }
    }

    private boolean tellsOfAbsence(RpcException e) {
      return e.code() == Code.UNAVAILABLE
          && e.getCause() instanceof TransportException cause
          && cause.reason() == TransportException.Reason.NOT_UP;
    }

    /** Waits a moment, each time a longer one: full jitter, as of many clients many may wait. */
    private void pause(String why) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        RpcException before = last;
        throw failure(
            "it was not ready within "
                + spinUp.timeout()
                + ": "
                + why
                + (before == null ? "" : ": " + before.status().message()),
            before);
      }
      long bound = Math.min(pause, left);
      pause = Math.min(pause * 2, LONGEST_PAUSE);
      Loop.beforeWaiting();
      try {
        stopped.get(ThreadLocalRandom.current().nextLong(bound) + 1, TimeUnit.NANOSECONDS);
        throw failure("the client was closed", null);
      } catch (TimeoutException e) {
        // As it should be.
      } catch (InterruptedException e) {
        throw interrupted(e);
      } catch (ExecutionException e) {
        throw new IllegalStateException(e);
      }
    }

    private RpcException interrupted(InterruptedException e) {
      Thread.currentThread().interrupt();
      return new RpcException(
          Status.of(Code.CANCELLED, "interrupted while connecting"), Outcome.NOT_SENT, e);
    }

    private RpcException failure(String why, @Nullable Throwable cause) {
      return new RpcException(
          Status.of(Code.UNAVAILABLE, "N-11: the server " + address + " cannot be used: " + why),
          Outcome.NOT_SENT,
          cause);
    }
  }
}
