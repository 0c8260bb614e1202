package dev.parley.benchmarks.program;

import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One connection to an echo server, as the single calls of which {@link Commands} makes whole
 * measurements. PROGRAMS.md says what each is for.
 *
 * <p>For one thread at a time, but for {@link #call} where {@link #isShared} says so. What it
 * cannot do throws {@link UnsupportedOperationException}. A call that fails throws, and so does a
 * reply of another length than its request's.
 */
public interface EchoClient extends AutoCloseable {
  /** Is told once that a call has ended, on whatever thread that happens. */
  interface Completion {
    /**
     * The call has ended.
     *
     * @param failure why it failed; null: the reply is there
     */
    void done(@Nullable Throwable failure);
  }

  /** Has messages be of so many bytes from now on; they begin with 64. No call is on its way. */
  void size(int bytes) throws Exception;

  /** Sends one message and waits until it is back. */
  void call() throws Exception;

  /** Whether many threads may {@link #call} at once. */
  default boolean isShared() {
    return false;
  }

  /** Sends one message; the future gives the reply. */
  default Future<?> callAsync() throws Exception {
    throw new UnsupportedOperationException("no futures");
  }

  /** Sends one message and does not wait; the completion may start the next one. */
  default void start(Completion completion) throws Exception {
    throw new UnsupportedOperationException("no callbacks");
  }

  /** Sends one message whose handler calls back over the same connection, and waits. */
  default void callReentrant() throws Exception {
    throw new UnsupportedOperationException("no calls from the server");
  }

  /** Has a handler sleep; the future gives its reply. */
  default Future<?> sleep(int millis) throws Exception {
    throw new UnsupportedOperationException("no handler that sleeps");
  }

  /** Sends one message of so many bytes and waits until it is back; beside calls of others. */
  default void transfer(int bytes) throws Exception {
    throw new UnsupportedOperationException("one message at a time");
  }

  /**
   * Reads one stream of messages while {@code more} holds, then cancels it.
   *
   * @return how many came
   */
  default long stream(BooleanSupplier more) throws Exception {
    throw new UnsupportedOperationException("no streams");
  }

  /**
   * Opens or closes connections beside this one, until there are so many.
   *
   * @return how many there are; fewer if the system allows no more
   */
  default int open(int connections) throws Exception {
    throw new UnsupportedOperationException("one connection");
  }

  @Override
  void close() throws Exception;
}
