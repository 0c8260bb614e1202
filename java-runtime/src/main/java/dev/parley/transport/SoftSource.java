package dev.parley.transport;

import java.util.Set;

/**
 * What tells a {@link Poller} of its readiness by itself, since no Selector can watch it: a link or
 * listener whose own threads do the waiting.
 */
interface SoftSource {
  /** Whether a read, or an accept, would tell something now. Called by any thread. */
  boolean isReadable();

  /** Whether a write would take something, or fail, now. Called by any thread. */
  boolean isWritable();

  /** Where it is registered, kept by the registrations themselves. Safe for many threads. */
  Set<Registration> registrations();

  /** Whether it is still open, so that it may be registered. */
  boolean isOpen();

  /** Has every poller look anew. Called after each growth of readiness, with no lock held. */
  default void readinessGrew() {
    for (Registration registration : registrations()) {
      if (registration instanceof SoftRegistration soft) {
        soft.look();
      }
    }
  }

  default void leavePollers() {
    for (Registration registration : registrations()) {
      registration.cancel();
    }
  }
}
