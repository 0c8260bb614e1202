package dev.parley.transport;

import dev.parley.transport.TransportException.Reason;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A bounded wait for a socket that is there but takes no connection now: short pauses first, longer
 * ones later. Confined to one thread.
 */
final class Retry {
  private static final long FIRST_PAUSE = TimeUnit.MICROSECONDS.toNanos(200);
  private static final long LONGEST_PAUSE = TimeUnit.MILLISECONDS.toNanos(20);

  private final long start = System.nanoTime();
  private final long timeout;
  private long pause = FIRST_PAUSE;

  Retry(long timeoutNanos) {
    this.timeout = Math.max(0, timeoutNanos);
  }

  /**
   * Sorts out why a connect failed: returns after a pause if it may be tried again, else throws.
   */
  void afterConnect(Endpoint endpoint, IOException failure) throws TransportException {
    if (failure instanceof ConnectException || isAbsent(endpoint)) {
      throw new TransportException(
          Reason.NOT_UP, "N-8: " + endpoint + " is not up: " + failure.getMessage(), failure);
    }
    if (failure instanceof BindException) { // So the JDK reports EACCES.
      throw new TransportException(
          Reason.NOT_PERMITTED,
          endpoint + " may not be connected to: " + failure.getMessage(),
          failure);
    }
    if (!pause(endpoint)) {
      throw new TransportException(
          Reason.TIMED_OUT,
          endpoint + " took no connection in time: " + failure.getMessage(),
          failure);
    }
  }

  /**
   * Sleeps a moment.
   *
   * @return false, without sleeping, once the time is up
   * @throws TransportException INTERRUPTED, the thread's flag set
   */
  boolean pause(@Nullable Endpoint endpoint) throws TransportException {
    long left = timeout - (System.nanoTime() - start);
    if (left <= 0) {
      return false;
    }
    long until = System.nanoTime() + Math.min(pause, left);
    pause = Math.min(pause * 2, LONGEST_PAUSE);
    for (long rest = until - System.nanoTime(); rest > 0; rest = until - System.nanoTime()) {
      if (Thread.currentThread().isInterrupted()) {
        throw new TransportException(
            Reason.INTERRUPTED, "interrupted while waiting for " + endpoint);
      }
      LockSupport.parkNanos(this, rest);
    }
    return true;
  }

  private static boolean isAbsent(Endpoint endpoint) {
    try {
      return endpoint instanceof Endpoint.UnixPath path
          && FileIdentity.ifPresent(path.path()) == null;
    } catch (IOException e) {
      return false;
    }
  }
}
