package dev.parley.rpc;

import com.google.protobuf.MessageLite;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Stands between those who call and what carries their calls: sees and changes options and
 * metadata, answers by itself, passes on, wraps what comes back.
 *
 * <p>Called by many threads at once, on the caller's thread; it must not block for long. The first
 * one given is the outermost.
 */
public interface ClientInterceptor {
  /**
   * Starts a call, usually through {@code next}.
   *
   * @param request the one request, or null where the client streams
   * @param next what comes behind; may be called not at all, or more than once
   */
  <Q extends MessageLite, R extends MessageLite> Call<Q, R> start(
      Method<Q, R> method, @Nullable Q request, CallOptions options, Caller next);

  /** {@code caller} behind interceptors, the first one the outermost. */
  static Caller around(Caller caller, List<? extends ClientInterceptor> interceptors) {
    Caller chain = caller;
    for (int i = interceptors.size() - 1; i >= 0; i--) {
      chain = new InterceptedCaller(interceptors.get(i), chain);
    }
    return chain;
  }
}
