package dev.parley.benchmarks.program;

import org.jspecify.annotations.Nullable;

/** What failed on a thread that could not throw it to anybody. */
final class Failures {
  private Failures() {}

  /** Throws it, unless it is null. */
  static void rethrow(@Nullable Throwable failure) throws Exception {
    if (failure instanceof Exception exception) {
      throw exception;
    }
    if (failure != null) {
      throw new IllegalStateException(failure);
    }
  }
}
