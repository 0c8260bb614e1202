package dev.parley.transport;

import dev.parley.transport.TransportException.Reason;
import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The right to start a server because none answers: one process has it at a time, and one thread
 * within it (N-11). It ends with {@link #close}, or with the process.
 */
public final class SpinLock implements Closeable {
  private final ClaimLock lock;

  private SpinLock(ClaimLock lock) {
    this.lock = lock;
  }

  /**
   * Takes it, and makes the directories of a name that are missing, as the server would.
   *
   * @return null if somebody else has it
   * @throws TransportException NOT_PERMITTED, FAILED
   */
  public static @Nullable SpinLock tryTake(Endpoint.UnixPath endpoint) throws IOException {
    ClaimDirectory.check(endpoint, Access.OWNER);
    try {
      return new SpinLock(ClaimLock.take(endpoint, SocketNames.spinPath(endpoint.path())));
    } catch (TransportException e) {
      if (e.reason() == Reason.IN_USE) {
        return null;
      }
      throw e;
    }
  }

  /** Gives it back. Called once. */
  @Override
  public void close() {
    lock.release();
  }
}
