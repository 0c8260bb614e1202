package dev.parley.rpc;

import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Who follows a {@link Caller} from one connection to the next; see {@link Caller#follow}. Told by
 * any thread, with no lock held.
 */
public interface Follower {
  /** There is a connection. */
  void connected(Connected to);

  /** There will be none any more. */
  void over(Status why);

  /**
   * A connection.
   *
   * @param caller makes calls on it
   * @param isOver whether it takes no calls any more
   * @param settled asks the peer, once, whether it has read all that was sent before
   */
  record Connected(Caller caller, BooleanSupplier isOver, Supplier<CompletableFuture<?>> settled) {}
}
