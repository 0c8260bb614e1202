package dev.parley.connection;

/**
 * A piece of the user's code that may begin on the thread that read what it is about: a handler, or
 * what hangs on a future. See {@link Connection#defer}.
 */
public interface UserCode extends Runnable {
  /**
   * The loop has been moved to another thread, since this runs long or waits. Told once, before the
   * other thread reads on, by any thread; must not block.
   */
  default void promoted() {}
}
