package dev.parley.rpc.runtime;

import com.google.protobuf.MessageLite;
import dev.parley.connection.IncomingCall;
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
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** A call that the peer makes: runs its handler and turns whatever comes of it into one answer. */
final class ServerCall<Q extends MessageLite, R extends MessageLite>
    implements CallContext, Runnable {
  private static final Logger LOG = System.getLogger("dev.parley.rpc");

  private final ConnectedPeer peer;
  private final IncomingCall call;
  private final ServiceDefinition.Binding<Q, R> binding;
  private final @Nullable Q request;

  /** Null for a unary call. */
  private final @Nullable ServerStreams<Q, R> streams;

  private volatile Metadata replyMetadata = Metadata.EMPTY;

  // Guarded by this.
  private @Nullable List<Runnable> listeners;
  private boolean told;

  /** Which thread is interrupted when the call is stopped. */
  private @Nullable Thread armed;

  /**
   * @param request the one request; null where the caller streams
   */
  ServerCall(
      ConnectedPeer peer,
      IncomingCall call,
      ServiceDefinition.Binding<Q, R> binding,
      @Nullable Q request) {
    this.peer = peer;
    this.call = call;
    this.binding = binding;
    this.request = request;
    if (binding.method().shape() == Shape.UNARY) {
      streams = null;
    } else {
      streams = new ServerStreams<>(call, peer.workers(), binding.method());
      call.onStop(this::stopped);
    }
  }

  @Override
  public void run() {
    if (!call.begin()) {
      return;
    }
    CallContext before = CurrentCall.enter(this);
    try {
      R reply = handle();
      if (streams == null) {
        call.reply(reply, Statuses.toWire(replyMetadata));
      } else {
        streams.finish(() -> answer(reply));
      }
    } catch (RpcException e) {
      call.fail(Statuses.toWire(e.status()), Statuses.toWire(replyMetadata));
    } catch (Throwable e) {
      fail(e);
    } finally {
      CurrentCall.leave(before);
      disarm();
    }
  }

  /** Answers once what was streamed is on its way; by any thread. */
  private void answer(@Nullable R reply) {
    try {
      call.reply(reply, Statuses.toWire(replyMetadata));
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
    return Objects.requireNonNull(
        reply, () -> "the handler of " + call.method() + " returned null");
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
    boolean watch;
    synchronized (this) {
      watch = !told && listeners == null && streams == null;
      if (!told) {
        if (listeners == null) {
          listeners = new ArrayList<>();
        }
        listeners.add(listener);
        if (!watch) {
          return;
        }
      }
    }
    if (watch) {
      call.onStop(this::stopped);
    } else {
      tell(listener);
    }
  }

  @Override
  public void interruptOnCancel() {
    synchronized (this) {
      armed = Thread.currentThread();
    }
    // Heard of by the thread that stops the call: the one that handlers run on is busy.
    onCancel(() -> {});
    if (call.isStopped()) {
      interrupt();
    }
  }

  private synchronized void interrupt() {
    if (armed != null) {
      armed.interrupt();
    }
  }

  /** The handler has returned: no interrupt may hit what its thread does next. */
  private void disarm() {
    synchronized (this) {
      if (armed == null) {
        return;
      }
      armed = null;
    }
    Thread.interrupted();
  }

  @Override
  public Runnable wrap(Runnable task) {
    return () -> {
      CallContext before = CurrentCall.enter(this);
      try {
        task.run();
      } finally {
        CurrentCall.leave(before);
      }
    };
  }

  private void stopped() {
    interrupt();
    if (streams != null) {
      streams.stopped();
    }
    List<Runnable> now;
    synchronized (this) {
      told = true;
      now = listeners == null ? List.of() : listeners;
      listeners = null;
    }
    now.forEach(this::tell);
  }

  private void tell(Runnable listener) {
    peer.workers()
        .execute(
            () -> {
              try {
                listener.run();
              } catch (RuntimeException | Error e) {
                LOG.log(Level.ERROR, "a cancel listener of " + call.method() + " threw", e);
              }
            });
  }
}
