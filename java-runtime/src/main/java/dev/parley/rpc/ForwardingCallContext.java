package dev.parley.rpc;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/** A context that another one carries: override what an interceptor wants a handler to see. */
public class ForwardingCallContext implements CallContext {
  private final CallContext context;

  /** Forwards to {@code context}. */
  public ForwardingCallContext(CallContext context) {
    this.context = Objects.requireNonNull(context, "context");
  }

  @Override
  public Peer peer() {
    return context.peer();
  }

  @Override
  public String method() {
    return context.method();
  }

  @Override
  public Metadata metadata() {
    return context.metadata();
  }

  @Override
  public void replyMetadata(Metadata metadata) {
    context.replyMetadata(metadata);
  }

  @Override
  public Optional<Duration> remaining() {
    return context.remaining();
  }

  @Override
  public boolean isCancelled() {
    return context.isCancelled();
  }

  @Override
  public void onCancel(Runnable listener) {
    context.onCancel(listener);
  }

  @Override
  public void interruptOnCancel() {
    context.interruptOnCancel();
  }

  @Override
  public Runnable wrap(Runnable task) {
    return context.wrap(task);
  }
}
