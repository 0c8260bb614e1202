package dev.parley;

/** Where calls wait until they can be started. Safe for use by many threads. */
interface WaitingRoom {
  /** Starts a call that waits, now or when it can be. */
  void carry(Waiting call);

  /** A call waits no more. */
  void forget(Waiting call);

  /** Whether a call that turns out not to have been sent would wait in vain. */
  boolean hasStopped();
}
