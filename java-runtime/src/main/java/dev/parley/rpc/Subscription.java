package dev.parley.rpc;

import java.util.concurrent.CompletableFuture;

/**
 * What keeps a {@link Subscriber} subscribed, until it is closed. Safe for use by many threads.
 *
 * <p>It outlives its connection where the caller that it was made with does.
 */
public interface Subscription extends AutoCloseable {
  /** Why a subscription has ended that was closed. */
  Status CLOSED = Status.of(Code.CANCELLED, "the subscription was closed");

  /**
   * Completes when the subscription holds for the first time: what is published after that reaches
   * the subscriber (T-1). Fails with an {@link RpcException} if it ends before.
   */
  CompletableFuture<Void> held();

  /**
   * Completes when it has ended and the subscriber will not be called any more: with CANCELLED
   * after {@link #close}, else with the reason.
   */
  CompletableFuture<Status> ended();

  /**
   * Ends the subscription. The subscriber may be in the middle of a publication still; {@link
   * #ended} tells when it is not. Idempotent.
   */
  @Override
  void close();
}
