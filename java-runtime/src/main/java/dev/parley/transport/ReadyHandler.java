package dev.parley.transport;

/** What {@link Poller#poll} tells of each ready registration, in the thread that polls. */
@FunctionalInterface
public interface ReadyHandler {
  /**
   * Called with no lock held. It may change any registration, close any link and call any method of
   * the poller but {@code poll}. What it throws leaves {@code poll}; the rest is told again by the
   * next one.
   *
   * @param readable there are bytes, an end or an error to read, or for a listener a connection
   * @param writable there is room, or an error that a write will tell
   */
  void ready(Registration registration, boolean readable, boolean writable);
}
