package dev.parley.rpc.runtime;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import dev.parley.connection.IncomingCall;
import dev.parley.connection.UserCode;
import dev.parley.rpc.BidiStreamingHandler;
import dev.parley.rpc.CallContext;
import dev.parley.rpc.ClientStreamingHandler;
import dev.parley.rpc.Code;
import dev.parley.rpc.CurrentCall;
import dev.parley.rpc.Metadata;
import dev.parley.rpc.Peer;
import dev.parley.rpc.RpcException;
import dev.parley.rpc.ServerInterceptor;
import dev.parley.rpc.ServerStreamingHandler;
import dev.parley.rpc.ServiceDefinition;
import dev.parley.rpc.Shape;
import dev.parley.rpc.UnaryHandler;
import dev.parley.wire.Envelope;
import dev.parley.wire.Fragments;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/** A call that the peer makes: runs its handler and turns whatever comes of it into one answer. */
final class ServerCall<Q extends MessageLite, R extends MessageLite> extends IncomingCall
    implements CallContext, UserCode {
  private static final Logger LOG = System.getLogger("dev.parley.rpc");

  @SuppressWarnings("rawtypes") // There are no tokens of parameterized classes.
  private static final AtomicIntegerFieldUpdater<ServerCall> STATE =
      AtomicIntegerFieldUpdater.newUpdater(ServerCall.class, "state");

  private static final int INLINE = 0;
  private static final int PROMOTED = 1;
  private static final int ENDED = 2;

  private final ConnectedPeer peer;
  private final ServiceDefinition.Binding<Q, R> binding;
  private final Pace pace;

  /** Set when it is there; stays null where the caller streams. */
  private @Nullable Q request;

  /** A long request, until the thread that serves the call reads it. */
  private @Nullable Fragments unread;

  /**
   * Whether the reading was moved away from the thread that runs this, or that has ended. Who tells
   * of the one may do so while the other comes to pass: what is counted must be uncounted.
   */
  @SuppressWarnings("UnusedVariable") // Its updater reads it.
  private volatile int state;

  /** Null for a unary call. */
  private final @Nullable ServerStreams<Q, R> streams;

  private volatile Metadata replyMetadata = Metadata.EMPTY;

  // Guarded by this.
  /** Null until somebody wants to know that nobody waits any more, which few handlers do. */
  private @Nullable CancelListeners cancelled;

  private boolean told;

  ServerCall(
      ConnectedPeer peer, ServiceDefinition.Binding<Q, R> binding, Pace pace, Envelope request) {
    super(request);
    this.peer = peer;
    this.binding = binding;
    this.pace = pace;
    this.streams =
        binding.method().shape() == Shape.UNARY
            ? null
            : new ServerStreams<>(peer.connection(), this, peer.workers(), binding.method());
  }

  // --- What the connection tells ----------------------------------------------------------------

  @Override
  protected void arrived(Envelope envelope) {
    Shape shape = binding.method().shape();
    if (shape.serverStreams() && !mayStream()) {
      reject(Code.UNIMPLEMENTED, "H-3: " + method() + " streams, which is above the level agreed");
      return;
    }
    if (open() != shape.clientStreams() || shape == Shape.ONE_WAY) {
      reject(
          Code.UNIMPLEMENTED, "C-6: " + method() + " is " + shape + ", and was not called as such");
      return;
    }
    unread = Messages.ifLong(envelope);
    if (!open() && unread == null) {
      try {
        request = Messages.parse(binding.method().requestDefault(), envelope);
      } catch (InvalidProtocolBufferException e) {
        rejectUnreadable(e);
        return;
      }
    }
    if (!peer.workers().tryHandle(peer.connection(), this)) {
      reject(Code.UNAVAILABLE, "C-5: as many handlers run here as may");
    }
  }

  private void rejectUnreadable(InvalidProtocolBufferException why) {
    reject(
        Code.INVALID_ARGUMENT,
        "C-10: the request of " + method() + " cannot be read: " + why.getMessage());
  }

  private void reject(Code code, String message) {
    reject(Statuses.toWire(code, message));
  }

  @Override
  protected void message(Envelope message, long cost) {
    if (streams != null) {
      streams.message(message, cost);
    }
  }

  /**
   * Whether it may begin on the thread that reads: what streams waits for its peer by design, and
   * to read a long request takes a while.
   */
  boolean mayBeginHere() {
    return streams == null && unread == null && pace.isQuick();
  }

  @Override
  public void promoted() {
    pace.heldUp();
    if (STATE.compareAndSet(this, INLINE, PROMOTED)) {
      peer.workers().promoted();
    }
  }

  /** Runs on a thread that does not read. */
  void runApart() {
    if (streams != null || pace.isQuick()) {
      serve();
    } else {
      long began = System.nanoTime();
      serve();
      pace.ran(System.nanoTime() - began);
    }
  }

  @Override
  protected void halfClosed() {
    if (streams != null) {
      streams.halfClosed();
    }
  }

  @Override
  protected void sendable() {
    if (streams != null) {
      streams.pump();
    }
  }

  @Override
  protected void stopped() {
    CancelListeners listeners;
    synchronized (this) {
      told = true;
      listeners = cancelled;
    }
    List<Runnable> now = listeners == null ? List.of() : listeners.stop();
    if (streams != null) {
      streams.stopped();
    }
    now.forEach(this::tell);
  }

  // --- Its handler ------------------------------------------------------------------------------

  @Override
  public void run() {
    serve();
    if (STATE.getAndSet(this, ENDED) == PROMOTED) {
      peer.workers().promotedEnded();
    }
  }

  private void serve() {
    if (!readLate() || !begin()) {
      return;
    }
    CallContext before = CurrentCall.enter(this);
    try {
      R reply = handle();
      if (streams == null) {
        reply(reply, Statuses.toWire(replyMetadata));
      } else {
        streams.finish(() -> answer(reply));
      }
    } catch (RpcException e) {
      fail(Statuses.toWire(e.status()), Statuses.toWire(replyMetadata));
    } catch (Throwable e) {
      fail(e);
    } finally {
      CurrentCall.leave(before);
      disarm();
    }
  }

  /** Reads a long request; false if the call has been answered. */
  @SuppressWarnings("unchecked") // A message's parser gives messages of its own type.
  private boolean readLate() {
    Fragments whole = unread;
    if (whole == null) {
      return true;
    }
    unread = null;
    if (isStopped()) {
      whole.release();
      return false;
    }
    try {
      request = (Q) whole.parse(binding.method().requestDefault().getParserForType());
      return true;
    } catch (InvalidProtocolBufferException e) {
      rejectUnreadable(e);
    } catch (RuntimeException | Error e) {
      // No memory for it, say: the call must be answered all the same.
      if (begin()) {
        fail(e);
      }
    }
    return false;
  }

  /** Answers once what was streamed is on its way; by any thread. */
  private void answer(@Nullable R reply) {
    try {
      reply(reply, Statuses.toWire(replyMetadata));
    } catch (RuntimeException | Error e) {
      fail(e);
    }
  }

  /** Runs the handler; its reply, or null where it streams. */
  @SuppressWarnings("unchecked") // A binding is made with a handler of its method's types.
  private @Nullable R handle() throws Exception {
    List<ServerInterceptor> interceptors = peer.services().interceptors();
    if (!interceptors.isEmpty()) {
      return new InterceptedHandler<>(binding, interceptors)
          .handle(
              request,
              streams == null ? null : streams.requests(),
              streams == null ? null : streams.replies(),
              this);
    }
    Object handler = binding.handler();
    ServerStreams<Q, R> streaming = streams;
    if (streaming == null) {
      return replyOf(((UnaryHandler<Q, R>) handler).handle(Objects.requireNonNull(request), this));
    }
    switch (binding.method().shape()) {
      case SERVER_STREAMING ->
          ((ServerStreamingHandler<Q, R>) handler)
              .handle(Objects.requireNonNull(request), streaming.replies(), this);
      case CLIENT_STREAMING -> {
        return replyOf(((ClientStreamingHandler<Q, R>) handler).handle(streaming.requests(), this));
      }
      default ->
          ((BidiStreamingHandler<Q, R>) handler)
              .handle(streaming.requests(), streaming.replies(), this);
    }
    return null;
  }

  private R replyOf(@Nullable R reply) {
    if (reply == null) {
      throw new NullPointerException("the handler of " + method() + " returned null");
    }
    return reply;
  }

  /** Hides what a handler threw behind an id that stands in this side's log. */
  private void fail(Throwable thrown) {
    if (thrown instanceof InterruptedException) {
      Thread.currentThread().interrupt();
    }
    String id = Long.toHexString(ThreadLocalRandom.current().nextLong() | Long.MIN_VALUE);
    LOG.log(Level.ERROR, "error " + id + ": the handler of " + method() + " threw", thrown);
    fail(
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
  public Metadata metadata() {
    return Statuses.fromWire(sentMetadata());
  }

  @Override
  public void replyMetadata(Metadata metadata) {
    replyMetadata = metadata;
  }

  @Override
  public Optional<Duration> remaining() {
    if (!limited()) {
      return Optional.empty();
    }
    long left = deadline() - peer.connection().timers().now();
    return Optional.of(Duration.ofNanos(Math.max(0, left)));
  }

  @Override
  public boolean isCancelled() {
    return isStopped();
  }

  @Override
  public void onCancel(Runnable listener) {
    if (!cancelListeners().add(listener)) {
      tell(listener);
    }
  }

  @Override
  public void interruptOnCancel() {
    cancelListeners().arm();
  }

  private synchronized CancelListeners cancelListeners() {
    CancelListeners listeners = cancelled;
    if (listeners == null) {
      listeners = new CancelListeners();
      cancelled = listeners;
      if (told) {
        var unused = listeners.stop();
      }
    }
    return listeners;
  }

  /** The handler has returned. If it was armed, this thread has made what tells of it. */
  @SuppressWarnings("GuardedBy")
  private void disarm() {
    CancelListeners listeners = cancelled;
    if (listeners != null) {
      listeners.disarm();
    }
  }

  private void tell(Runnable listener) {
    CancelListeners.tell(peer.workers(), method(), listener);
  }
}
