package dev.parley.rpc;

/** A call in which both sides stream: sending and receiving go on side by side. */
public interface BidiStream<Q, R> extends MessageSink<Q>, MessageStream<R> {
  /** Says that no more messages follow from this side; receiving goes on. */
  void finishSending();
}
