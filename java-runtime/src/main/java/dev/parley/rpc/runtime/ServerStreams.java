package dev.parley.rpc.runtime;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import dev.parley.connection.Awaited;
import dev.parley.connection.Connection;
import dev.parley.connection.IncomingCall;
import dev.parley.connection.Offer;
import dev.parley.connection.OutgoingCall;
import dev.parley.connection.WaitEnd;
import dev.parley.connection.Waiters;
import dev.parley.rpc.Code;
import dev.parley.rpc.MessageSink;
import dev.parley.rpc.MessageStream;
import dev.parley.rpc.Metadata;
import dev.parley.rpc.Method;
import dev.parley.rpc.Outcome;
import dev.parley.rpc.RpcException;
import dev.parley.rpc.Status;
import dev.parley.wire.Envelope;
import org.jspecify.annotations.Nullable;

/** What a call of the peer streams, seen from its handler: either way, or both. */
final class ServerStreams<Q extends MessageLite, R extends MessageLite>
    implements Inbox.Source, Outlet.Target {
  private final Connection connection;
  private final IncomingCall call;
  private final Inbox<Q> inbox;
  private final Outlet<R> outlet;

  ServerStreams(Connection connection, IncomingCall call, Workers workers, Method<Q, R> method) {
    this.connection = connection;
    this.call = call;
    inbox = new Inbox<>(method.requestDefault(), this, workers);
    outlet = new Outlet<>(this, workers);
  }

  MessageStream<Q> requests() {
    return inbox;
  }

  MessageSink<R> replies() {
    return outlet;
  }

  /** Answers behind the messages that wait for room. */
  void finish(Runnable answer) {
    outlet.finish(answer);
  }

  /** Nobody waits for the answer any more. */
  void stopped() {
    inbox.fail(this::over);
    outlet.pump();
  }

  /** A message of the caller's; one that does not parse stops the call. */
  void message(Envelope message, long cost) {
    try {
      inbox.add(message, cost);
    } catch (InvalidProtocolBufferException e) {
      call.stop(
          Statuses.toWire(
              Code.INVALID_ARGUMENT, "C-10: a message cannot be read: " + e.getMessage()));
    }
  }

  /** The caller has half-closed. */
  void halfClosed() {
    inbox.end();
  }

  /** There may be room for messages that wait. */
  void pump() {
    outlet.pump();
  }

  @Override
  public WaitEnd await(Waiters sleepers, Awaited what) {
    return connection.await(sleepers, what, OutgoingCall.NEVER);
  }

  @Override
  public void consumed(long cost) {
    call.consumed(cost);
  }

  /** The handler reads no more: the caller's messages are given back as they come. */
  @Override
  public void abandoned() {
    inbox.end();
  }

  @Override
  public RpcException interrupted() {
    return new RpcException(
        Status.of(Code.CANCELLED, "the handler's thread was interrupted"), Outcome.UNKNOWN, null);
  }

  @Override
  public Metadata replyMetadata() {
    return Metadata.EMPTY;
  }

  @Override
  public Offer offer(MessageLite message) {
    return call.offer(message);
  }

  @Override
  public void flush() {
    call.flush();
  }

  @Override
  public RpcException over() {
    dev.parley.v1.@Nullable Status why = call.whyStopped();
    return why == null
        ? new RpcException(Code.FAILED_PRECONDITION, "the call has been answered")
        : Statuses.exception(why, Outcome.UNKNOWN);
  }
}
