package dev.parley.transport;

/** A registration as its poller sees it. */
sealed interface ToldRegistration extends Registration permits KeyRegistration, SoftRegistration {
  /**
   * Tells the handler what is ready.
   *
   * @param ready as the registration itself coded it
   */
  void tell(ReadyHandler handler, int ready);
}
