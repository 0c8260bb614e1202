package dev.parley.rpc;

import org.jspecify.annotations.Nullable;

/**
 * What one peer of a {@link PeerGroup} answered: a reply, or a failure. Immutable.
 *
 * @param peer who was asked
 * @param reply what it replied; null if it failed, or replied null
 * @param failure why it did not reply; null if it did
 */
public record Answer<R>(Peer peer, @Nullable R reply, @Nullable RpcException failure) {
  /** Whether it replied. */
  public boolean succeeded() {
    return failure == null;
  }
}
