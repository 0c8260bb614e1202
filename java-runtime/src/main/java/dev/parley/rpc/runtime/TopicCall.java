package dev.parley.rpc.runtime;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import dev.parley.connection.IncomingCall;
import dev.parley.rpc.CallContext;
import dev.parley.rpc.Code;
import dev.parley.rpc.CurrentCall;
import dev.parley.rpc.Metadata;
import dev.parley.rpc.Method;
import dev.parley.rpc.Peer;
import dev.parley.rpc.RpcException;
import dev.parley.rpc.ServerInterceptor;
import dev.parley.rpc.ServerStreamingHandler;
import dev.parley.rpc.ServiceDefinition;
import dev.parley.rpc.Topic;
import dev.parley.rpc.TopicOptions;
import dev.parley.wire.Envelope;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A subscription that a peer has made. It holds from the moment when its REQUEST was read (T-1),
 * takes no thread, and ends when the peer cancels it or the topic cannot serve it any more.
 *
 * <p>Interceptors see who subscribes, on a worker, and may refuse; publications wait for them
 * meanwhile, and do not pass through them.
 */
final class TopicCall<Q extends MessageLite, R extends MessageLite> extends IncomingCall
    implements Topic.Outflow<Q>, CallContext {
  private static final Logger LOG = System.getLogger("dev.parley.rpc");

  /** Says which topic a request means. */
  @FunctionalInterface
  interface Finder<Q extends MessageLite, R extends MessageLite> {
    /**
     * The topic, which the call is added to.
     *
     * @throws RpcException why there is none for it
     */
    Topic<Q, R> enter(TopicCall<Q, R> call);
  }

  private final ConnectedPeer peer;
  private final Method<Q, R> method;
  private final Finder<Q, R> finder;
  private final CancelListeners cancelled = new CancelListeners();
  private volatile Metadata replyMetadata = Metadata.EMPTY;
  private volatile @Nullable Q request;

  // Guarded by this.
  private @Nullable Topic<Q, R> topic;
  private @Nullable Backlog backlog;
  private boolean isHeldUp;
  private boolean isOver;

  TopicCall(ConnectedPeer peer, Method<Q, R> method, Finder<Q, R> finder, Envelope request) {
    super(request);
    this.peer = peer;
    this.method = method;
    this.finder = finder;
  }

  @Override
  public Q request() {
    Q asked = request;
    if (asked == null) {
      throw new IllegalStateException("the request has not come");
    }
    return asked;
  }

  // --- What the connection tells ----------------------------------------------------------------

  @Override
  protected void arrived(Envelope envelope) {
    if (!mayStream()) {
      reject(
          Statuses.toWire(
              Code.UNIMPLEMENTED, "H-3: " + method + " streams, which is above the level agreed"));
      return;
    }
    if (open()) {
      reject(Statuses.toWire(Code.UNIMPLEMENTED, "C-6: " + method + " is no client stream"));
      return;
    }
    try {
      request = Messages.parse(method.requestDefault(), envelope);
    } catch (InvalidProtocolBufferException e) {
      reject(
          Statuses.toWire(
              Code.INVALID_ARGUMENT,
              "C-10: the request of " + method + " cannot be read: " + e.getMessage()));
      return;
    }
    List<ServerInterceptor> interceptors = peer.services().interceptors();
    synchronized (this) {
      isHeldUp = !interceptors.isEmpty();
    }
    if (!begin() || !enter()) {
      return;
    }
    if (!interceptors.isEmpty()) {
      peer.workers().execute(() -> ask(interceptors));
    }
  }

  /** Joins the topic; false if the call has been answered instead. */
  private boolean enter() {
    Topic<Q, R> found;
    try {
      found = finder.enter(this);
    } catch (RpcException e) {
      fail(Statuses.toWire(e.status()), List.of());
      return false;
    } catch (RuntimeException | Error e) {
      LOG.log(Level.ERROR, "what serves " + method + " threw", e);
      fail(Statuses.toWire(Code.INTERNAL, "the handler failed"), List.of());
      return false;
    }
    boolean late;
    synchronized (this) {
      topic = found;
      late = isOver;
    }
    if (late) {
      found.remove(this);
    }
    peer.subscribed(this);
    return true;
  }

  private void ask(List<ServerInterceptor> interceptors) {
    ServerStreamingHandler<Q, R> passed = (asked, replies, context) -> let();
    CallContext before = CurrentCall.enter(this);
    try {
      new InterceptedHandler<>(new ServiceDefinition.Binding<>(method, passed), interceptors)
          .handle(
              request(),
              null,
              reply -> {
                throw new RpcException(
                    Code.FAILED_PRECONDITION, "a topic streams what is published, nothing else");
              },
              this);
      boolean kept;
      synchronized (this) {
        kept = isHeldUp && !isOver;
      }
      if (kept) {
        end(Statuses.toWire(Code.PERMISSION_DENIED, "an interceptor kept the subscription"));
      }
    } catch (RpcException e) {
      end(Statuses.toWire(e.status()));
    } catch (Exception | Error e) {
      LOG.log(Level.ERROR, "an interceptor of " + method + " threw", e);
      end(Statuses.toWire(Code.INTERNAL, "the handler failed"));
    } finally {
      CurrentCall.leave(before);
      cancelled.disarm();
    }
  }

  /** All interceptors let the subscriber pass. */
  private void let() {
    synchronized (this) {
      isHeldUp = false;
    }
    sendable();
  }

  @Override
  protected void stopped() {
    cancelled.stop().forEach(this::tell);
    end(Statuses.toWire(Code.CANCELLED, "the subscriber cancelled the subscription"));
  }

  @Override
  protected void sendable() {
    synchronized (this) {
      if (!isOver && !isHeldUp && backlog != null) {
        backlog.drainTo(this);
      }
    }
    flush();
  }

  // --- What is published ------------------------------------------------------------------------

  @Override
  public void take(MessageLite message, String publisher, TopicOptions options) {
    boolean tooSlow;
    synchronized (this) {
      if (isOver) {
        return;
      }
      Backlog behind = backlog;
      if (behind == null) {
        behind = new Backlog();
        backlog = behind;
      }
      boolean waits = isHeldUp || !behind.offerNow(this, message, publisher);
      tooSlow = waits && !behind.add(message, publisher, options);
    }
    if (tooSlow) {
      end(
          Statuses.toWire(
              Code.RESOURCE_EXHAUSTED,
              "T-3: more waits for this subscriber to " + method + " than may"));
    } else {
      flush();
    }
  }

  /** Ends the subscription for that reason; without effect the second time. */
  void end(dev.parley.v1.Status why) {
    Topic<Q, R> left;
    synchronized (this) {
      if (isOver) {
        return;
      }
      isOver = true;
      left = topic;
      backlog = null;
    }
    if (left != null) {
      left.remove(this);
    }
    peer.unsubscribed(this);
    fail(why, Statuses.toWire(replyMetadata));
  }

  // --- As the context of its interceptors -------------------------------------------------------

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
    return Optional.empty();
  }

  @Override
  public boolean isCancelled() {
    return isStopped();
  }

  @Override
  public void onCancel(Runnable listener) {
    if (!cancelled.add(listener)) {
      tell(listener);
    }
  }

  @Override
  public void interruptOnCancel() {
    cancelled.arm();
  }

  private void tell(Runnable listener) {
    CancelListeners.tell(peer.workers(), method(), listener);
  }
}
