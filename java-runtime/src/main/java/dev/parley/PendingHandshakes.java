package dev.parley;

import java.util.HashMap;
import java.util.Map;

/**
 * How many connections of each user have not said HELLO yet, bounded (H-5). Safe for use by many
 * threads.
 */
final class PendingHandshakes {
  private final int most;

  /** Guarded by this. */
  private final Map<String, Integer> byUser = new HashMap<>();

  PendingHandshakes(int most) {
    this.most = most;
  }

  /** Counts a connection; false if there are more than may be, and it is to be refused. */
  synchronized boolean begin(String user) {
    return byUser.merge(user, 1, Integer::sum) <= most;
  }

  /** A counted connection has said HELLO, or has ended. */
  synchronized void end(String user) {
    byUser.computeIfPresent(user, (key, count) -> count == 1 ? null : count - 1);
  }
}
