package dev.parley;

import dev.parley.rpc.runtime.ConnectedPeer;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The connections of each user that have not said HELLO yet, bounded (H-5). Safe for use by many
 * threads.
 *
 * <p>The oldest makes way for one too many, so that a client that says its HELLO at once gets in
 * however many silent ones there are.
 */
final class PendingHandshakes {
  private final int most;

  /** In the order in which they came; guarded by this. */
  private final Map<String, Set<ConnectedPeer>> byUser = new HashMap<>();

  PendingHandshakes(int most) {
    this.most = most;
  }

  int most() {
    return most;
  }

  /** Adds a connection; the one that must make way for it, if there are too many now. */
  synchronized @Nullable ConnectedPeer begin(String user, ConnectedPeer peer) {
    Set<ConnectedPeer> pending = byUser.computeIfAbsent(user, key -> new LinkedHashSet<>());
    pending.add(peer);
    if (pending.size() <= most) {
      return null;
    }
    ConnectedPeer oldest = pending.iterator().next();
    pending.remove(oldest);
    return oldest;
  }

  /** A connection has said HELLO, or has ended. */
  synchronized void end(String user, ConnectedPeer peer) {
    Set<ConnectedPeer> pending = byUser.get(user);
    if (pending != null && pending.remove(peer) && pending.isEmpty()) {
      byUser.remove(user);
    }
  }
}
