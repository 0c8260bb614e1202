package dev.parley.rpc;

/** Takes the events of one name: one at a time for each peer, in the order they were sent. */
@FunctionalInterface
public interface EventHandler<E> {
  /** Takes one event; what it throws goes to the log and stops no other. */
  void handle(E event, EventContext context) throws Exception;
}
