package dev.parley.rpc;

/** Who takes what is published. Called for one publication at a time, in order. */
@FunctionalInterface
public interface Subscriber<M> {
  /**
   * Takes a publication. Who takes long gets fewer of them (T-3), and slows nobody.
   *
   * @throws Exception which goes to the log; the next publication comes all the same
   */
  void handle(M publication, TopicContext context) throws Exception;

  /**
   * Is told after a connection was lost and there is another one: publications may be missing, and
   * nobody knows how many (T-4). What the subscriber asks the server for now, over the same
   * connection, is answered when the subscription holds again, so that nothing is lost between that
   * and the next publication. Never at the same time as {@link #handle}.
   */
  default void resumed() throws Exception {}
}
