package dev.parley.transport;

import dev.parley.transport.TransportException.Reason;
import java.io.Closeable;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The sole right to serve at a socket path, on this machine and among all languages, until it is
 * released. Nothing is ever removed that is not this user's own and a socket nobody serves.
 *
 * <p>Taken in this order: the directory is checked, and made where it is Parley's own ({@link
 * ClaimDirectory}); the lock beside the socket is taken ({@link ClaimLock}); whatever is at the
 * path must be a socket of this user; a bare connect, which sends nothing, must be refused, or else
 * is tried again for up to a second, since a killed server's socket may outlive its lock by some
 * milliseconds (N-5); then the stale socket is removed and the path is free to bind.
 *
 * <p>Safe for use by many threads. It belongs to the listener that is bound under it.
 */
final class PathClaim {
  private static final long PROBE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Endpoint.UnixPath endpoint;
  private final ClaimLock lock;
  private final AtomicBoolean released = new AtomicBoolean();

  /** What was bound under the claim; null before. */
  private volatile @Nullable FileIdentity socket;

  private PathClaim(Endpoint.UnixPath endpoint, ClaimLock lock) {
    this.endpoint = endpoint;
    this.lock = lock;
  }

  /**
   * @throws TransportException IN_USE if somebody else serves there or holds the lock;
   *     NOT_PERMITTED if the directory or what is at the path is not as it must be; INTERRUPTED;
   *     FAILED
   */
  static PathClaim take(Endpoint.UnixPath endpoint, Access access) throws TransportException {
    try {
      ClaimDirectory.check(endpoint, access);
      PathClaim claim = new PathClaim(endpoint, ClaimLock.take(endpoint));
      boolean done = false;
      try {
        claim.clearPath();
        done = true;
        return claim;
      } finally {
        if (!done) {
          claim.release();
        }
      }
    } catch (TransportException e) {
      throw e;
    } catch (AccessDeniedException e) {
      throw new TransportException(
          Reason.NOT_PERMITTED, "N-1: " + endpoint + " could not be claimed: " + e, e);
    } catch (IOException e) {
      throw new TransportException(Reason.FAILED, endpoint + " could not be claimed: " + e, e);
    }
  }

  /** Makes the path free for a socket, if nobody else serves there. */
  void clearPath() throws IOException {
    Retry retry = new Retry(PROBE_NANOS);
    while (true) {
      FileIdentity found = FileIdentity.ifPresent(endpoint.path());
      if (found == null) {
        return;
      }
      if (!found.isSocket()) {
        throw new TransportException(
            Reason.NOT_PERMITTED,
            "N-5: " + endpoint + " is " + found.kind() + ", not a socket; it was left as it is");
      }
      if (found.uid() != ProcessUser.EUID) {
        throw new TransportException(
            Reason.NOT_PERMITTED,
            "N-5: the socket at "
                + endpoint
                + " belongs to uid "
                + found.uid()
                + ", not to "
                + ProcessUser.EUID
                + "; it was left as it is");
      }
      IOException failure = null;
      try {
        ChannelTransport.probe(endpoint.path());
      } catch (ConnectException e) {
        if (found.isSameFile(FileIdentity.ifPresent(endpoint.path()))) {
          Files.deleteIfExists(endpoint.path());
          return;
        }
        failure = e; // It has changed meanwhile: look again.
      } catch (IOException e) {
        failure = e;
      }
      if (!retry.pause(endpoint)) {
        throw new TransportException(
            Reason.IN_USE, "N-5: " + endpoint + " is in use: a server listens there", failure);
      }
    }
  }

  Endpoint.UnixPath endpoint() {
    return endpoint;
  }

  /** Notes the socket that was just bound at the path, so that no other will be removed. */
  void bound() throws IOException {
    socket = FileIdentity.of(endpoint.path());
  }

  /** Whether the socket that was bound is still the one at the path. */
  boolean isInPlace() {
    FileIdentity mine = socket;
    try {
      return mine != null && mine.isSameFile(FileIdentity.ifPresent(endpoint.path()));
    } catch (IOException e) {
      return false;
    }
  }

  /** Takes back a socket that could not be made ready, but for the claim. */
  void unbound(Closeable listener) throws IOException {
    if (isInPlace()) {
      Files.deleteIfExists(endpoint.path());
    }
    listener.close();
  }

  /**
   * Ends the claim in the order of N-7: removes the socket if it is still the one bound, closes the
   * listener, releases the lock. An inode number may be used again as soon as the listener is
   * closed, hence the order. Idempotent; never throws.
   */
  void releaseAfter(Closeable listener) {
    if (!released.compareAndSet(false, true)) {
      return;
    }
    try {
      if (isInPlace()) {
        Files.deleteIfExists(endpoint.path());
      }
    } catch (IOException e) {
      // The next server finds it stale.
    }
    try {
      listener.close();
    } catch (IOException e) {
      // The descriptor is gone all the same.
    }
    lock.release();
  }

  /** Ends a claim under which nothing listens. */
  void release() {
    releaseAfter(() -> {});
  }
}
