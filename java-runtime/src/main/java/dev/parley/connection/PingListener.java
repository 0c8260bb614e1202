package dev.parley.connection;

import dev.parley.v1.Status;

/** Who waits for a PONG. Called once, by any thread, without a lock held; must not block. */
public interface PingListener {
  /** Asks without waiting for the answer. */
  PingListener NONE =
      new PingListener() {
        @Override
        public void answered(long roundTrip) {}

        @Override
        public void failed(Status why, boolean sent) {}
      };

  /** The peer is alive; {@code roundTrip} is in nanoseconds. */
  void answered(long roundTrip);

  /**
   * No answer will come.
   *
   * @param sent whether a PING may have gone out
   */
  void failed(Status why, boolean sent);
}
