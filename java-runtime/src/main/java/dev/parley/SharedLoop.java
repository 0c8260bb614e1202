package dev.parley;

import dev.parley.connection.Loop;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The one loop that all clients of this process share: it starts with the first and ends with the
 * last.
 */
final class SharedLoop {
  private static final Object LOCK = new Object();
  private static @Nullable Loop loop;
  private static int users;

  private SharedLoop() {}

  /** The loop, to be given back by {@link #release}. */
  static Loop acquire() throws IOException {
    synchronized (LOCK) {
      Loop shared = loop;
      if (shared == null) {
        shared = new Loop("parley-clients");
        loop = shared;
      }
      users++;
      return shared;
    }
  }

  static void release() {
    Loop last = null;
    synchronized (LOCK) {
      if (--users == 0) {
        last = loop;
        loop = null;
      }
    }
    if (last != null) {
      last.close();
    }
  }
}
