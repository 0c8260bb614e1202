package dev.parley.rpc.runtime;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import dev.parley.connection.Awaited;
import dev.parley.connection.Connection;
import dev.parley.connection.Offer;
import dev.parley.connection.OutgoingCall;
import dev.parley.connection.WaitEnd;
import dev.parley.connection.Waiters;
import dev.parley.rpc.Code;
import dev.parley.rpc.MessageSink;
import dev.parley.rpc.MessageStream;
import dev.parley.rpc.Metadata;
import dev.parley.rpc.Method;
import dev.parley.rpc.RpcException;
import dev.parley.wire.Envelope;
import org.jspecify.annotations.Nullable;

/** What a call of this side streams: either way, or both. */
final class ClientStreams<Q extends MessageLite, R extends MessageLite>
    implements Inbox.Source, Outlet.Target {
  private final Connection connection;
  private final ClientCall<Q, R> call;
  private final @Nullable Inbox<R> inbox;
  private final @Nullable Outlet<Q> outlet;

  ClientStreams(
      Connection connection, Workers workers, ClientCall<Q, R> call, Method<Q, R> method) {
    this.connection = connection;
    this.call = call;
    inbox =
        method.shape().serverStreams() ? new Inbox<>(method.replyDefault(), this, workers) : null;
    outlet = method.shape().clientStreams() ? new Outlet<>(this, workers) : null;
  }

  @Nullable MessageSink<Q> requests() {
    return outlet;
  }

  /** Half-closes behind the messages that wait for room. */
  void finishSending() {
    if (outlet != null) {
      outlet.finish(() -> connection.finishSending(call));
    }
  }

  @Nullable MessageStream<R> replies() {
    return inbox;
  }

  /** A message of the callee's; one that does not parse ends the call. */
  void message(Envelope message, long cost) {
    Inbox<R> to = inbox;
    if (to == null) {
      return;
    }
    try {
      to.add(message, cost);
    } catch (InvalidProtocolBufferException e) {
      call.leave(Code.INTERNAL, "C-9: a message cannot be read: " + e.getMessage());
    }
  }

  /** There may be room for messages that wait. */
  void pump() {
    if (outlet != null) {
      outlet.pump();
    }
  }

  /** The call has ended: with success, or with a failure. */
  void ended(@Nullable Failure failure) {
    if (inbox != null) {
      if (failure == null) {
        inbox.end();
      } else {
        inbox.fail(failure::exception);
      }
    }
    pump();
  }

  @Override
  public WaitEnd await(Waiters sleepers, Awaited what) {
    return connection.await(sleepers, what, OutgoingCall.NEVER);
  }

  @Override
  public void consumed(long cost) {
    OutgoingCall attempt = call.attempt();
    if (attempt != null) {
      connection.consumed(attempt, cost);
    }
  }

  @Override
  public void abandoned() {
    call.cancel();
  }

  @Override
  public RpcException interrupted() {
    return call.interrupted();
  }

  @Override
  public Metadata replyMetadata() {
    return call.replyMetadata();
  }

  @Override
  public Offer offer(MessageLite message) {
    return connection.offer(call, message);
  }

  @Override
  public void flush() {
    connection.flush();
  }

  @Override
  public RpcException over() {
    return call.over();
  }
}
