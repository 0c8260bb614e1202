package dev.parley.rpc.runtime;

import com.google.protobuf.MessageLite;
import dev.parley.connection.IncomingCall;
import dev.parley.rpc.CallContext;
import dev.parley.rpc.Code;
import dev.parley.rpc.Metadata;
import dev.parley.rpc.Peer;
import dev.parley.rpc.RpcException;
import dev.parley.rpc.UnaryHandler;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** A call that the peer makes: runs its handler and turns whatever comes of it into one answer. */
final class ServerCall<Q extends MessageLite, R extends MessageLite>
    implements CallContext, Runnable {
  private static final Logger LOG = System.getLogger("dev.parley.rpc");

  private final ConnectedPeer peer;
  private final IncomingCall call;
  private final UnaryHandler<Q, R> handler;
  private final Q request;
  private volatile Metadata replyMetadata = Metadata.EMPTY;

  /** Guarded by this; null once the call has been stopped and they have been run. */
  private @Nullable List<Runnable> listeners;

  ServerCall(ConnectedPeer peer, IncomingCall call, UnaryHandler<Q, R> handler, Q request) {
    this.peer = peer;
    this.call = call;
    this.handler = handler;
    this.request = request;
  }

  @Override
  public void run() {
    if (!call.begin()) {
      return;
    }
    try {
      R reply = handler.handle(request, this);
      if (reply == null) {
        throw new NullPointerException("the handler of " + call.method() + " returned null");
      }
      call.reply(reply, Statuses.toWire(replyMetadata));
    } catch (RpcException e) {
      call.fail(Statuses.toWire(e.status()), Statuses.toWire(replyMetadata));
    } catch (Throwable e) {
      fail(e);
    }
  }

  /** Hides what a handler threw behind an id that stands in this side's log. */
  private void fail(Throwable thrown) {
    if (thrown instanceof InterruptedException) {
      Thread.currentThread().interrupt();
    }
    String id = Long.toHexString(ThreadLocalRandom.current().nextLong() | Long.MIN_VALUE);
    LOG.log(Level.ERROR, "error " + id + ": the handler of " + call.method() + " threw", thrown);
    call.fail(
        Statuses.toWire(Code.INTERNAL, "the handler failed; error " + id),
        Statuses.toWire(replyMetadata));
    if (thrown instanceof OutOfMemoryError) {
      peer.connection().abort(Code.INTERNAL.number(), "out of memory; error " + id);
    }
  }

  @Override
  public Peer peer() {
    return peer;
  }

  @Override
  public String method() {
    return call.method();
  }

  @Override
  public Metadata metadata() {
    return Statuses.fromWire(call.metadata());
  }

  @Override
  public void replyMetadata(Metadata metadata) {
    replyMetadata = metadata;
  }

  @Override
  public Optional<Duration> remaining() {
    if (!call.limited()) {
      return Optional.empty();
    }
    long left = call.deadline() - peer.connection().timers().now();
    return Optional.of(Duration.ofNanos(Math.max(0, left)));
  }

  @Override
  public boolean isCancelled() {
    return call.isStopped();
  }

  @Override
  public void onCancel(Runnable listener) {
    synchronized (this) {
      if (listeners == null) {
        listeners = new ArrayList<>();
        listeners.add(listener);
        call.onStop(this::stopped);
        return;
      }
      if (!call.isStopped()) {
        listeners.add(listener);
        return;
      }
    }
    peer.workers().execute(listener);
  }

  @Override
  public void interruptOnCancel() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Runnable wrap(Runnable task) {
    throw new UnsupportedOperationException();
  }

  private void stopped() {
    List<Runnable> told;
    synchronized (this) {
      told = listeners == null ? List.of() : List.copyOf(listeners);
    }
    told.forEach(peer.workers()::execute);
  }
}
