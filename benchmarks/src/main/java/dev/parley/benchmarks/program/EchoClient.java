package dev.parley.benchmarks.program;

import java.io.IOException;
import java.time.Duration;

/** One connection to a server that sends every message back. For one thread. */
public interface EchoClient extends AutoCloseable {
  /** Sends one message and waits until it is back. */
  void roundTrip() throws IOException;

  /**
   * Keeps {@code inFlight} messages on their way for {@code duration}, then waits for the last one.
   *
   * @return how many came back
   * @throws UnsupportedOperationException if this client has one in flight at most
   */
  default long stream(Duration duration, int inFlight) throws IOException, InterruptedException {
    throw new UnsupportedOperationException("one message in flight at most");
  }

  @Override
  void close() throws IOException;
}
