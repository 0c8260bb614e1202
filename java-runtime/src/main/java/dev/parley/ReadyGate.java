package dev.parley;

import dev.parley.connection.Loop;
import dev.parley.connection.Timers;
import dev.parley.rpc.CallOptions;
import dev.parley.rpc.Caller;
import dev.parley.rpc.Code;
import dev.parley.rpc.Outcome;
import dev.parley.rpc.RpcException;
import dev.parley.rpc.Status;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Holds a thread until a client is connected: the one that starts a call that streams. */
final class ReadyGate implements Waiting {
  private final CompletableFuture<Caller> ready = new CompletableFuture<>();

  @Override
  public void start(Caller caller) {
    ready.complete(caller);
  }

  @Override
  public void fail(RpcException failure) {
    ready.completeExceptionally(failure);
  }

  /** A connection of the client's, and what is left of the time that the options give. */
  record Passed(Caller caller, CallOptions options) {}

  /**
   * Waits for a connection.
   *
   * @throws RpcException NOT_SENT if none comes in time or ever, or the thread is interrupted
   */
  static Passed pass(WaitingRoom room, Timers timers, CallOptions options) {
    ReadyGate gate = new ReadyGate();
    room.carry(gate);
    long began = timers.now();
    Loop.beforeWaiting();
    try {
      if (options.timeout().isEmpty()) {
        return new Passed(gate.ready.get(), options);
      }
      Duration timeout = options.timeout().get();
      Caller caller = gate.ready.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      Duration left = timeout.minusNanos(timers.now() - began);
      return new Passed(caller, options.withTimeout(left));
    } catch (TimeoutException e) {
      throw unsent(Code.DEADLINE_EXCEEDED, "the time-out passed while no connection was ready", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unsent(Code.CANCELLED, "the waiting thread was interrupted", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RpcException failure) {
        throw new RpcException(failure.status(), Outcome.NOT_SENT, failure);
      }
      throw new IllegalStateException(e);
    } finally {
      room.forget(gate);
    }
  }

  private static RpcException unsent(Code code, String text, Exception cause) {
    return new RpcException(Status.of(code, text), Outcome.NOT_SENT, cause);
  }
}
