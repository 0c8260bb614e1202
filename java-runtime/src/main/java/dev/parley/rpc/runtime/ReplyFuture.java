package dev.parley.rpc.runtime;

import com.google.protobuf.MessageLite;
import dev.parley.connection.Awaited;
import dev.parley.connection.UserCode;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.function.Supplier;

/**
 * The future of a call; cancelling it cancels the call. Its continuations run on the thread that
 * read the reply, or on a worker; but who waits in {@code get} or {@code join} waits for the call
 * itself, and reads for it meanwhile: no thread is woken to wake another.
 */
final class ReplyFuture<R extends MessageLite> extends CompletableFuture<R>
    implements Awaited, UserCode {
  private static final long FOR_EVER = -1;

  @SuppressWarnings("rawtypes") // There are no tokens of parameterized classes.
  private static final AtomicIntegerFieldUpdater<ReplyFuture> WAITING =
      AtomicIntegerFieldUpdater.newUpdater(ReplyFuture.class, "waiting");

  private final ClientCall<?, R> call;

  /** How many threads wait for the call in this. */
  private volatile int waiting;

  ReplyFuture(ClientCall<?, R> call) {
    this.call = call;
  }

  /** Takes over how the call has ended; without effect the second time. */
  @SuppressWarnings("unchecked") // A call ends with its reply or a Failure.
  void finish(Object end) {
    if (isDone()) {
      return;
    }
    if (end instanceof Failure failure) {
      super.completeExceptionally(failure.exception());
    } else {
      super.complete((R) end);
    }
  }

  @Override
  public boolean isOver() {
    return isDone() || call.isOver();
  }

  /** The call has ended: runs what hangs on it. */
  @Override
  public void run() {
    Object end = call.result();
    if (end != null) {
      finish(end);
    }
  }

  @Override
  public void promoted() {
    call.workers().callbackPromoted();
  }

  @Override
  public R get() throws InterruptedException, ExecutionException {
    waitFor(FOR_EVER);
    return super.get();
  }

  @Override
  public R get(long timeout, TimeUnit unit)
      throws InterruptedException, ExecutionException, TimeoutException {
    waitFor(Math.max(0, unit.toNanos(timeout)));
    if (!isDone()) {
      throw new TimeoutException();
    }
    return super.get();
  }

  @Override
  public R join() {
    boolean interrupted = false;
    while (!isDone()) {
      try {
        waitFor(FOR_EVER);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return super.join();
  }

  private void waitFor(long nanos) throws InterruptedException {
    if (isDone()) {
      return;
    }
    WAITING.incrementAndGet(this);
    try {
      call.awaitEnd(this, nanos);
    } finally {
      // In this order: whoever ends the call sets its end first, and looks for waiters after.
      WAITING.decrementAndGet(this);
      run();
    }
  }

  /** Whether a thread waits that will complete this as soon as the call has ended. */
  boolean isWaitedFor() {
    return waiting > 0;
  }

  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    boolean cancelled = super.cancel(mayInterruptIfRunning);
    if (cancelled) {
      call.cancel();
    }
    return cancelled;
  }

  @Override
  public <U> CompletableFuture<U> newIncompleteFuture() {
    call.callbackAwaited(); // What is made here hangs on this.
    return new CompletableFuture<>();
  }

  // Whoever completes the future by hand must wake those who wait for the call.

  @Override
  public boolean complete(R value) {
    return woken(super.complete(value));
  }

  @Override
  public boolean completeExceptionally(Throwable failure) {
    return woken(super.completeExceptionally(failure));
  }

  @Override
  public CompletableFuture<R> completeAsync(Supplier<? extends R> supplier, Executor executor) {
    executor.execute(
        () -> {
          try {
            complete(supplier.get());
          } catch (RuntimeException | Error e) {
            completeExceptionally(e);
          }
        });
    return this;
  }

  @Override
  public CompletableFuture<R> completeAsync(Supplier<? extends R> supplier) {
    return completeAsync(supplier, defaultExecutor());
  }

  @Override
  public void obtrudeValue(R value) {
    super.obtrudeValue(value);
    call.wake();
  }

  @Override
  public void obtrudeException(Throwable failure) {
    super.obtrudeException(failure);
    call.wake();
  }

  private boolean woken(boolean completed) {
    if (completed) {
      call.wake();
    }
    return completed;
  }
}
