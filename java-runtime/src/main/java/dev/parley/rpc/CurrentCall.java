package dev.parley.rpc;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The call that a thread serves just now. */
final class CurrentCall {
  private static final ThreadLocal<@Nullable CallContext> CURRENT = new ThreadLocal<>();

  private CurrentCall() {}

  static Optional<CallContext> get() {
    return Optional.ofNullable(CURRENT.get());
  }
}
