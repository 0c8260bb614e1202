package dev.parley.rpc;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which call a thread serves just now: what {@link CallContext#current()} gives. For those who run
 * handlers; users of the library ask {@link CallContext}.
 */
public final class CurrentCall {
  private static final ThreadLocal<@Nullable CallContext> CURRENT = new ThreadLocal<>();

  private CurrentCall() {}

  static Optional<CallContext> get() {
    return Optional.ofNullable(CURRENT.get());
  }

  /**
   * Says that this thread serves {@code call} from now on.
   *
   * @return what it served before, for {@link #leave}
   */
  public static @Nullable CallContext enter(CallContext call) {
    CallContext before = CURRENT.get();
    CURRENT.set(call);
    return before;
  }

  /** Says that this thread serves again what it served before. */
  public static void leave(@Nullable CallContext before) {
    CURRENT.set(
        before); // No remove() if that is null: the next call would allocate its entry again.
  }
}
