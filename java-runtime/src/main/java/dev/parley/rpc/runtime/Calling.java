package dev.parley.rpc.runtime;

import dev.parley.rpc.ClientInterceptor;
import dev.parley.rpc.RetryPolicy;
import java.util.List;
import java.util.Objects;

/**
 * How one side makes its calls. Immutable.
 *
 * @param interceptors what stands before them, the first one the outermost
 * @param retry how a call is retried whose options do not say
 */
public record Calling(List<ClientInterceptor> interceptors, RetryPolicy retry) {
  /** No interceptor, and the default policy. */
  public static final Calling PLAIN = new Calling(List.of(), RetryPolicy.DEFAULT);

  public Calling {
    interceptors = List.copyOf(interceptors);
    Objects.requireNonNull(retry, "retry");
  }
}
