package demo.market;

import com.google.protobuf.MessageLite;
import dev.parley.rpc.Call;
import dev.parley.rpc.CallOptions;
import dev.parley.rpc.Caller;
import dev.parley.rpc.ClientInterceptor;
import dev.parley.rpc.Method;

/** Sends a token with every call. */
record SayWhoCalls(String token) implements ClientInterceptor {
  @Override
  public <Q extends MessageLite, R extends MessageLite> Call<Q, R> start(
      Method<Q, R> method, Q request, CallOptions options, Caller next) {
    return next.start(
        method, request, options.withMetadata(options.metadata().with("token", token)));
  }
}
